using OpsMantik.Core.Providers;

namespace OpsMantik.Core.Breaker;

internal static class CircuitSignals
{
    /// <summary>Reads a batch's outcomes as the runbook does: any success closes, permanent failures do not count.</summary>
    public static CircuitSignal Of(IReadOnlyList<UploadOutcome> outcomes)
    {
        if (outcomes.Any(outcome => outcome.Kind == OutcomeKind.Completed))
            return CircuitSignal.Success;
        return outcomes.Any(outcome => outcome is { Kind: OutcomeKind.Retry, SpendsAttempt: true })
            ? CircuitSignal.TransientFailure
            : CircuitSignal.None;
    }
}
