using Npgsql;

namespace OpsMantik.Core.Database;

/// <summary>A script failed and was rolled back; those before it stay applied.</summary>
public sealed class MigrationException(string script, Exception cause)
    : Exception($"Migration {script} failed and was rolled back: {Reason(cause)}", cause)
{
    // The driver's own message goes on over several lines.
    private static string Reason(Exception cause) =>
        cause is PostgresException refused ? $"{refused.MessageText} ({refused.SqlState})" : cause.Message;
}
