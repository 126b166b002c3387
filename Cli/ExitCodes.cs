namespace OpsMantik.Cli;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The command ran, and what it did or looked at is not as it should be.</summary>
    public const int Failure = 1;

    /// <summary>The command could not run: arguments, database, port or machine are in the way.</summary>
    public const int Unusable = 2;

    /// <summary>Ctrl+C before there was a result, as shells count it.</summary>
    public const int Interrupted = 130;

    /// <summary>As the help tells them.</summary>
    public static IReadOnlyList<(int Code, string Meaning)> Meanings { get; } =
    [
        (Success, "Done, and all is as it should be."),
        (Failure, "Done, but what it did or looked at is not as it should be; or the question was answered with no."),
        (Unusable, "Not done: arguments, file, settings or database are in the way. Standard error says which."),
        (Interrupted, "Stopped by Ctrl+C."),
    ];
}
