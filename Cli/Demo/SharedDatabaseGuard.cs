using Npgsql;

namespace OpsMantik.Cli.Demo;

/// <summary>
/// Keeps the demo off a database where it would do harm. Its app claims whatever is due: real sales would go to the
/// emulator, and those of another demo have credentials sealed with a vault key that it lacks.
/// </summary>
internal sealed class SharedDatabaseGuard(NpgsqlDataSource database) : IAsyncDisposable
{
    // Any number of ours: one demo at a time in a database.
    private const long LockKey = 0x4F704465_6D6F;

    private NpgsqlConnection? _connection;

    /// <summary>Looks before anything is changed, and holds the database until disposed.</summary>
    /// <exception cref="OperatorException">Another demo or other people's rows are there.</exception>
    public async Task EnterAsync(CancellationToken cancellationToken)
    {
        _connection = await database.OpenConnectionAsync(cancellationToken);
        if (!await AskAsync<bool>($"select pg_try_advisory_lock({LockKey})", cancellationToken))
            throw new OperatorException("Another demo runs on this database; stop it, or use another database.");
        const string HasQueue = "select to_regclass('public.offline_conversion_queue') is not null";
        if (!await AskAsync<bool>(HasQueue, cancellationToken))
            return;

        var foreign = await AskAsync<long>(
            """
            select count(*)
            from public.offline_conversion_queue q
            join public.sales s on s.id = q.sale_id
            where q.status in ('QUEUED', 'RETRY', 'PROCESSING', 'SUBMITTED')
              and coalesce(s.external_ref, '') not like 'demo-%'
            """,
            cancellationToken);
        if (foreign > 0)
            throw new OperatorException(
                $"This database has {foreign} open queue rows that are no demo's. The demo would take them to its "
                + "emulator instead of Google; use a database set aside for demos.");
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
            await _connection.DisposeAsync();
    }

    private async Task<T> AskAsync<T>(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, _connection);
        return (T)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}
