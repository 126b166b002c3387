using Npgsql;

namespace OpsMantik.Functions.Tests.Support;

/// <summary>A database of a test's own, dropped with whatever is connected to it when disposed.</summary>
internal sealed class TestDatabase : IAsyncDisposable
{
    private TestDatabase(string name, string admin, string worker)
    {
        (Name, AdminConnectionString, WorkerConnectionString) = (name, admin, worker);
        Admin = NpgsqlDataSource.Create(admin);
    }

    public string Name { get; }

    /// <summary>As superuser: for migrating, arranging and looking.</summary>
    public string AdminConnectionString { get; }

    /// <summary>As the app connects: a login that is a member of service_role and nothing else.</summary>
    public string WorkerConnectionString { get; }

    public NpgsqlDataSource Admin { get; }

    /// <summary>A database with the current schema and no rows.</summary>
    public static Task<TestDatabase> CreateAsync() => CreateAsync(migrated: true);

    /// <summary>A database with nothing in it.</summary>
    public static Task<TestDatabase> CreateEmptyAsync() => CreateAsync(migrated: false);

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
        try
        {
            await Canary.AssertAbsentAsync(this);
        }
        finally
        {
            await Admin.DisposeAsync();
            await PostgresServer.DropDatabaseAsync(Name);
        }
    }

    public override string ToString() => "[redacted]";

    private static async Task<TestDatabase> CreateAsync(bool migrated)
    {
        var name = $"test_{Guid.NewGuid():N}";
        await PostgresServer.CreateDatabaseAsync(name, migrated);
        return new TestDatabase(
            name,
            await PostgresServer.AdminConnectionStringAsync(name),
            await PostgresServer.WorkerConnectionStringAsync(name));
    }

    private NpgsqlCommand Command(string sql, object?[] values)
    {
        var command = Admin.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value });
        return command;
    }
}
