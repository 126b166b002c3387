using Npgsql;

namespace OpsMantik.Core.Database;

/// <summary>A step failed and was undone, those before it stay; or the database may not be migrated this way.</summary>
public sealed class MigrationException : Exception
{
    public MigrationException(string message)
        : base(message)
    {
    }

    private MigrationException(string message, Exception cause)
        : base(message, cause)
    {
    }

    internal static MigrationException OfScript(string script, Exception cause) =>
        new($"Migration {script} failed and was rolled back: {Reason(cause)}", cause);

    internal static MigrationException OfIndex(string step, Exception cause) =>
        new($"Migration {step} failed and was undone: {Reason(cause)}", cause);

    /// <param name="blocker">What it waited for, in words.</param>
    internal static MigrationException OfBlockedIndex(string step, string blocker, TimeSpan patience, Exception cause) => new(
        $"Migration {step} failed and was undone: it waited {patience.TotalSeconds:0} s for {blocker} to end. Nobody waited for "
        + "it meanwhile. End that, or wait, and run migrate again: it goes on with this step.",
        cause);

    // The driver's own message goes on over several lines.
    private static string Reason(Exception cause) =>
        cause is PostgresException refused ? $"{refused.MessageText} ({refused.SqlState})" : cause.Message;
}
