using Npgsql;

namespace OpsMantik.Cli;

/// <summary>What to do about what a database refused: put behind the refusal, or nothing.</summary>
internal static class DatabaseHint
{
    public static string Of(PostgresException refused) => refused.SqlState switch
    {
        PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.UndefinedColumn =>
            ": the schema is missing or older than this program; run opsmantik migrate first",
        PostgresErrorCodes.InsufficientPrivilege =>
            ": the login needs the role service_role: grant service_role to <login>",
        _ => "",
    };

    /// <summary>A worker's login, which is what the settings usually hold, may not alter the schema.</summary>
    public static string OfMigration(Exception? refused) =>
        refused is PostgresException { SqlState: PostgresErrorCodes.InsufficientPrivilege }
            ? ": give --database with a login that may alter the schema"
            : "";
}
