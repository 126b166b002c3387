using OpsMantik.Core.Providers;

namespace OpsMantik.Core.Breaker;

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
