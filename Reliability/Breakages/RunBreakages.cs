namespace OpsMantik.Reliability.Breakages;

/// <summary>When a run starts, stops and gives up.</summary>
internal static class RunBreakages
{
    public static IReadOnlyList<Breakage> All { get; } =
    [
        new("requests started after a stop", "Core/Runs/RunDeadline.cs",
            "Passed => «_stopping.IsCancellationRequested» ||", "false",
            "simulate", "--seeds", "300"),
        new("requests started after the time budget", "Core/Runs/RunDeadline.cs",
            "|| «_time.GetElapsedTime(_started) >= _budget»;", "false",
            "simulate", "--seeds", "300"),
        new("no last attempt", "Core/Queue/RetryPolicy.cs",
            "(outcome.SpendsAttempt && «retryCount >= MaxAttempts - 1»)", "false",
            "simulate", "--seeds", "300"),
        new("a passing failure not told to the circuit", "Core/Breaker/CircuitSignals.cs",
            "outcomes.Any(outcome => «outcome is { Kind: OutcomeKind.Retry, SpendsAttempt: true }»)", "false",
            "faults", "--times", "1", "--only", "until circuits open"),
        new("a missing vault key fails the rows", "Core/Runs/GroupUpload.cs",
            "if («opening.Fault == VaultFault.Unreadable»)", "true",
            "faults", "--times", "1", "--only", "wrong vault key"),
    ];
}
