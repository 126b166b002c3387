using Npgsql;

namespace OpsMantik.Functions.Tests.Support;

/// <summary>A transaction of the dashboard's that deletes rows one after another, and holds those it has deleted.</summary>
internal sealed class RowDelete : IAsyncDisposable
{
    private readonly NpgsqlConnection _connection;

    private RowDelete(NpgsqlConnection connection) => _connection = connection;

    public static async Task<RowDelete> BeginAsync(TestDatabase database)
    {
        var connection = new NpgsqlConnection(database.AdminConnectionString);
        await connection.OpenAsync();
        var transaction = new RowDelete(connection);
        await transaction.ExecuteAsync("begin");
        return transaction;
    }

    public async Task DeleteAsync(Guid row)
    {
        await using var command = new NpgsqlCommand("delete from offline_conversion_queue where id = $1", _connection);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = row });
        await command.ExecuteNonQueryAsync();
    }

    public Task CommitAsync() => ExecuteAsync("commit");

    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async Task ExecuteAsync(string sql)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        await command.ExecuteNonQueryAsync();
    }
}
