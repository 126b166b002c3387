using Npgsql;
using OpsMantik.Core.Database;

namespace OpsMantik.Core.Operations;

/// <summary>Writes a line of the audit for what is no single statement. Those that are write theirs themselves.</summary>
public sealed class OperatorAudit
{
    private static readonly string Sql = SqlText.Load("Operations.Sql.Audit");

    private readonly NpgsqlDataSource _database;

    internal OperatorAudit(NpgsqlDataSource database) => _database = database;

    /// <summary>Whether the login may write a line: asked before what is recorded after it is done.</summary>
    public async Task<bool> CanRecordAsync(CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand("select has_table_privilege('operator_audit', 'INSERT')");
        return (bool)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <param name="actor">Who did it.</param>
    /// <param name="action">The command, such as <c>upload run</c>.</param>
    /// <param name="providerKey">Null when it is not about one provider.</param>
    /// <param name="rows">How many rows it changed.</param>
    public async Task RecordAsync(
        string actor, string action, string? providerKey, long rows, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = action });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = providerKey });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = rows });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
