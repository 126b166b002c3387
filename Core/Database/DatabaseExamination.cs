using Npgsql;

namespace OpsMantik.Core.Database;

/// <summary>Looks at the server, the login and its rights; for an operator who asks what is wrong.</summary>
public sealed class DatabaseExamination(NpgsqlDataSource database)
{
    private const string LoginSql =
        """
        select current_setting('server_version_num')::int,
               current_user::text,
               coalesce((select r.rolsuper or r.rolbypassrls from pg_catalog.pg_roles r where r.rolname = current_user), false)
        """;

    private const string SealedSql =
        """
        select key_fingerprint, count(*)
        from public.provider_credentials
        where is_active
        group by key_fingerprint
        order by key_fingerprint
        """;

    private static readonly string GrantsSql = SqlText.Load("Database.Sql.Grants");

    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public async Task<DatabaseLook> LookAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var login = new NpgsqlCommand(LoginSql, connection);
        await using var reader = await login.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var look = new DatabaseLook(
            reader.GetInt32(0), reader.GetString(1), reader.GetBoolean(2), default, [], null);
        await reader.DisposeAsync();
        return look with
        {
            Grants = await GrantsAsync(connection, cancellationToken),
            Sealed = await SealedAsync(connection, cancellationToken),
            Now = await NowAsync(connection, cancellationToken),
        };
    }

    private static async Task<DateTime> NowAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select clock_timestamp()", connection);
        return (DateTime)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<IReadOnlyList<Grant>> GrantsAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(GrantsSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var grants = new List<Grant>();
        while (await reader.ReadAsync(cancellationToken))
            grants.Add(new Grant(reader.GetString(0), reader.GetString(1), reader.GetBoolean(2)));
        return grants;
    }

    private static async Task<IReadOnlyDictionary<string, long>?> SealedAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand(SealedSql, connection);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            var byKey = new SortedDictionary<string, long>(StringComparer.Ordinal);
            while (await reader.ReadAsync(cancellationToken))
                byKey[reader.GetString(0)] = reader.GetInt64(1);
            return byKey;
        }
        catch (PostgresException exception) when (exception.SqlState
            is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.UndefinedTable)
        {
            return null;
        }
    }
}
