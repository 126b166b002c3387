using System.CommandLine;
using Npgsql;

namespace OpsMantik.Cli;

/// <summary>Which database a command works on: <c>--database</c>, or the worker's own setting.</summary>
internal static class DatabaseOption
{
    public const string Variable = "ConnectionStrings__OpsMantik";

    public static Option<string?> Create() => new("--database")
    {
        Description = $"Connection string. Default: ${Variable}.",
        HelpName = "connection string",
    };

    /// <exception cref="OperatorException">None is given, or it is no connection string.</exception>
    public static string Read(string? option)
    {
        var text = option ?? Environment.GetEnvironmentVariable(Variable);
        return string.IsNullOrWhiteSpace(text)
            ? throw new OperatorException($"No database: give --database <connection string>, or set {Variable}.")
            : ConnectionText.Check(text, option is null ? Variable : "--database");
    }
}

/// <summary>Checks a connection string that an operator typed.</summary>
internal static class ConnectionText
{
    private const string Form = "Host=...;Port=5432;Database=...;Username=...;Password=...";

    /// <param name="source">Where the text came from, for the message.</param>
    /// <exception cref="OperatorException">It is none. The driver's message may quote its password.</exception>
    public static string Check(string text, string source)
    {
        try
        {
            if (!string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(text).Host))
                return text;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
        }

        throw new OperatorException($"{source} is not a connection string; expected {Form}");
    }

    /// <summary>Where it leads, without login and password: <c>db.example.com:5432/postgres</c>.</summary>
    public static string Describe(string text)
    {
        var builder = new NpgsqlConnectionStringBuilder(text);
        return $"{builder.Host}:{builder.Port}/{builder.Database ?? builder.Username}";
    }
}

/// <summary>What to do about what a database refused: put behind the refusal, or nothing.</summary>
internal static class DatabaseHint
{
    // The worker's role has no right to change these, nor to execute them.
    private static readonly string[] OfOperators =
    [
        "operator_audit", "provider_credentials", "find_sale", "change_sale", "is_correction_current", "enqueue_sales", "judge_sales",
    ];

    /// <summary>For a login that may look, and may not change anything.</summary>
    public const string NeedsOperator = "the login needs the role opsmantik_operator: grant opsmantik_operator to <login>";

    public static bool IsOldSchema(PostgresException refused) => refused.SqlState
        is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.UndefinedColumn;

    public static string Of(PostgresException refused) => refused.SqlState switch
    {
        _ when IsOldSchema(refused) =>
            ": the schema is missing or older than this program; run opsmantik migrate first",
        PostgresErrorCodes.InsufficientPrivilege when OfOperators.Any(name => refused.MessageText.EndsWith($" {name}", StringComparison.Ordinal)) =>
            $": {NeedsOperator}",
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
