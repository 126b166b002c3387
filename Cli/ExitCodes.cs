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
}
