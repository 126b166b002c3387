using System.Text.Json;
using System.Text.RegularExpressions;
using Npgsql;

namespace OpsMantik.Functions.Tests.Sharding;

/// <summary>
/// PostgreSQL's own plans of every statement that one session executes, those inside functions included: auto_explain
/// sends them as notices.
/// </summary>
internal sealed class ExecutedPlans : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;
    private readonly List<string> _plans = [];

    private ExecutedPlans(NpgsqlConnection connection) => _connection = connection;

    public NpgsqlConnection Connection => _connection;

    /// <param name="connectionString">A superuser's.</param>
    public static async Task<ExecutedPlans> WatchAsync(string connectionString)
    {
        var plans = new ExecutedPlans(new NpgsqlConnection(connectionString));
        plans._connection.Notice += (_, notice) => plans._plans.Add(notice.Notice.MessageText);
        await plans._connection.OpenAsync();
        await using var settings = new NpgsqlCommand(
            """
            load 'auto_explain';
            set auto_explain.log_min_duration = 0;
            set auto_explain.log_nested_statements = on;
            set auto_explain.log_verbose = on;
            set auto_explain.log_format = json;
            set client_min_messages = log;
            """, plans._connection);
        await settings.ExecuteNonQueryAsync();
        return plans;
    }

    /// <summary>What was executed since the last call.</summary>
    public IReadOnlyList<ExecutedPlan> Take()
    {
        var taken = _plans.Where(text => text.Contains("plan:", StringComparison.Ordinal)).Select(text =>
        {
            using var document = JsonDocument.Parse(text[text.IndexOf('{', StringComparison.Ordinal)..]);
            return ExecutedPlan.Read(document.RootElement);
        }).ToList();
        _plans.Clear();
        return taken;
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}

/// <summary>A statement and the tables its plan reads.</summary>
internal sealed record ExecutedPlan(string Statement, IReadOnlyList<ExecutedPlan.Scan> Scans)
{
    private static readonly string[] Conditions =
        ["Index Cond", "Recheck Cond", "Filter", "Join Filter", "Hash Cond", "Merge Cond"];

    /// <summary>A table under its alias, with the conditions of its own node and of the joins above it.</summary>
    internal sealed record Scan(string Table, string Alias, IReadOnlyList<string> Conditions)
    {
        /// <summary>Whether the rows looked at are those of one value of the column, or of a joined table's.</summary>
        public bool IsBoundBy(string column)
        {
            var name = $@"\b{Regex.Escape(Alias)}\.{column}\b";
            return Conditions.Any(condition => Regex.IsMatch(condition, $"{name} = |[^<>!]= {name}"));
        }
    }

    public static ExecutedPlan Read(JsonElement root) => new(
        root.GetProperty("Query Text").GetString()!, [.. ReadScans(root.GetProperty("Plan"), [])]);

    private static IEnumerable<Scan> ReadScans(JsonElement node, IReadOnlyList<string> above)
    {
        string[] conditions =
        [
            .. above,
            .. Conditions.Select(name => node.TryGetProperty(name, out var text) ? text.GetString() : null).OfType<string>(),
        ];
        // ModifyTable names its table too; what it changes, the scans below it found.
        if (node.TryGetProperty("Relation Name", out var table)
            && node.GetProperty("Node Type").GetString() != "ModifyTable")
        {
            yield return new Scan(table.GetString()!, node.GetProperty("Alias").GetString()!, conditions);
        }

        if (!node.TryGetProperty("Plans", out var children))
            yield break;
        foreach (var scan in children.EnumerateArray().SelectMany(child => ReadScans(child, conditions)))
            yield return scan;
    }
}
