using OpsMantik.Core.Providers;

namespace OpsMantik.Core.Queue;

/// <summary>What a batch's outcomes mean for its group's circuit.</summary>
internal enum CircuitSignal
{
    /// <summary>Permanent, postponed or unknown: neither opens nor closes.</summary>
    None,

    /// <summary>At least one conversion arrived or was accepted: closes.</summary>
    Success,

    /// <summary>None arrived, and at least one attempt failed for a reason that may pass: counts towards opening.</summary>
    TransientFailure,
}

internal static class CircuitSignals
{
    /// <summary>Reads a batch's outcomes as the runbook does: any success closes, permanent failures do not
    /// count. Acceptance is an upload's success; a later rejection speaks for itself when it is settled.</summary>
    public static CircuitSignal Of(IReadOnlyList<UploadOutcome> outcomes)
    {
        if (outcomes.Any(outcome => outcome.Kind is OutcomeKind.Completed or OutcomeKind.Submitted))
            return CircuitSignal.Success;
        return outcomes.Any(outcome => outcome is { Kind: OutcomeKind.Retry, SpendsAttempt: true })
            ? CircuitSignal.TransientFailure
            : CircuitSignal.None;
    }
}
