using System.Text.Json;
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
