using Npgsql;

namespace OpsMantik.Testbed;

/// <summary>A database of one scenario, dropped with its connections when disposed.</summary>
public sealed class TestbedDatabase : IAsyncDisposable
{
    // For seeding and counting millions of rows on a busy machine.
    private const int CommandTimeoutSeconds = 600;

    private readonly TestbedServer _server;

    internal TestbedDatabase(TestbedServer server, string name, string admin, string worker, string @operator)
    {
        (_server, Name, AdminConnectionString) = (server, name, admin);
        (WorkerConnectionString, OperatorConnectionString) = (worker, @operator);
        Admin = NpgsqlDataSource.Create(admin);
    }

    public string Name { get; }

    /// <summary>As superuser: for arranging and reading.</summary>
    public string AdminConnectionString { get; }

    /// <summary>As the app connects: a login that is a member of service_role and nothing else.</summary>
    public string WorkerConnectionString { get; }

    /// <summary>As the command line connects: a login that is a member of opsmantik_operator and nothing else.</summary>
    public string OperatorConnectionString { get; }

    public NpgsqlDataSource Admin { get; }

    /// <summary>Executes SQL with parameters $1, $2 and so on, as superuser.</summary>
    /// <returns>The number of rows it changed.</returns>
    public async Task<int> ExecuteAsync(string sql, params object?[] values)
    {
        await using var command = Command(sql, values);
        return await command.ExecuteNonQueryAsync();
    }

    /// <summary>The first column of the first row; the type's default when there is no row, or null in it.</summary>
    public async Task<T?> ScalarAsync<T>(string sql, params object?[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync();
        return await reader.ReadAsync() && !await reader.IsDBNullAsync(0)
            ? await reader.GetFieldValueAsync<T>(0)
            : default;
    }

    public async ValueTask DisposeAsync()
    {
        await Admin.DisposeAsync();
        await _server.ExecuteAsync($"DROP DATABASE {Name} WITH (FORCE)");
    }

    public override string ToString() => "[redacted]";

    private NpgsqlCommand Command(string sql, object?[] values)
    {
        var command = Admin.CreateCommand(sql);
        command.CommandTimeout = CommandTimeoutSeconds;
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        return command;
    }
}
