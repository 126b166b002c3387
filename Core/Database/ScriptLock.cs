using System.Text.Json;
using System.Text.RegularExpressions;
using DbUp.Engine;
using Npgsql;

namespace OpsMantik.Core.Database;

/// <summary>A lock that a statement of a script takes on a table that is there, at most. Locks.sql has them all.</summary>
/// <param name="Script">File name.</param>
/// <param name="Statement">Its place in the script, from 1.</param>
/// <param name="Table">In schema public.</param>
/// <param name="Mode">As PostgreSQL's manual names it, such as ACCESS EXCLUSIVE.</param>
/// <param name="Rows">Of the table, as the server last estimated them.</param>
internal sealed partial record ScriptLock(string Script, int Statement, string Table, string Mode, long Rows)
{
    private static readonly string Sql = SqlText.Load("Database.Sql.Locks");

    /// <summary>Keeps readers or writers waiting.</summary>
    public bool IsStrong => Mode != "ROW EXCLUSIVE";

    /// <summary>The locks of these scripts on the tables of this database, in the order in which they are taken.</summary>
    public static IReadOnlyList<ScriptLock> Read(NpgsqlConnection session, IEnumerable<SqlScript> scripts)
    {
        using var ask = new NpgsqlCommand(Sql, session);
        ask.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. scripts.Select(script => script.Name)] });
        using var reader = ask.ExecuteReader();
        List<ScriptLock> locks = [];
        while (reader.Read())
            locks.Add(new ScriptLock(reader.GetString(0), reader.GetInt32(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4)));
        return locks;
    }

    /// <summary>The statements of a script as a client would send them one by one, without the comments before each.</summary>
    public static IReadOnlyList<string> Split(string sql)
    {
        List<string> statements = [];
        var start = 0;
        foreach (Match part in Part().Matches(sql + ";"))
        {
            if (part.Value != ";")
                continue;
            var statement = Comments().Replace(sql[start..Math.Min(part.Index, sql.Length)], "").TrimEnd();
            if (statement.Length > 0)
                statements.Add(statement);
            start = Math.Min(part.Index + 1, sql.Length);
        }

        return statements;
    }

    /// <summary>How many rows a statement would write, by the server's own estimate; null when it has none yet. It is not executed.</summary>
    public static long? EstimateRows(NpgsqlConnection session, string sql)
    {
        // No other statement writes rows of a table that is there: MigrationLockTests looks whether one rewrites them.
        if (!Writes().IsMatch(sql))
            return 0;
        try
        {
            using var explain = new NpgsqlCommand($"explain (format json) {sql}", session);
            using var plan = JsonDocument.Parse((string)explain.ExecuteScalar()!);
            return (long)plan.RootElement[0].GetProperty("Plan").GetProperty("Plans")[0].GetProperty("Plan Rows").GetDouble();
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return 0;
        }
        // A column that another statement adds, or a table that somebody holds.
        catch (PostgresException)
        {
            return null;
        }
    }

    /// <summary>Rows of a table, as the server last estimated them; null when there is none.</summary>
    public static long? ReadRows(NpgsqlConnection session, string table)
    {
        using var ask = new NpgsqlCommand(
            "select greatest(c.reltuples, 0)::bigint from pg_catalog.pg_class c where c.oid = to_regclass('public.' || $1)", session);
        ask.Parameters.Add(new NpgsqlParameter<string> { TypedValue = table });
        return ask.ExecuteScalar() as long?;
    }

    // What may hold a semicolon that ends nothing, and the semicolon.
    [GeneratedRegex(@"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|""[^""]*""|(?<tag>\$\w*\$).*?\k<tag>|;", RegexOptions.Singleline)]
    private static partial Regex Part();

    [GeneratedRegex("^(insert|update|delete|merge|truncate|with)\\b")]
    private static partial Regex Writes();

    [GeneratedRegex(@"^(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/)+", RegexOptions.Singleline)]
    private static partial Regex Comments();
}
