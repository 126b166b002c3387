using Npgsql;

namespace OpsMantik.Core.Database;

/// <summary>Reads whether the worker can work on its database, and for an operator what is wrong with it.</summary>
public sealed class DatabaseCheck(NpgsqlDataSource database)
{
    /// <summary>Key of the service whose one connection is of no pool that a run uses.</summary>
    public const string OfHealth = "health";

    private const string RoleSql =
        """
        select current_user::text,
               exists (select from pg_catalog.pg_roles r
                       where r.rolname = 'service_role' and pg_has_role(current_user, r.oid, 'USAGE')),
               -- Where rows may have no sale, a policy keeps them from the worker (Sql/Join.sql): not from whom no policy holds.
               coalesce((
                   select not a.attnotnull and (not row_security_active(a.attrelid) or current_user = 'service_role')
                   from pg_catalog.pg_attribute a
                   where a.attrelid = to_regclass('public.offline_conversion_queue') and a.attname = 'sale_id'), false)
        """;

    private const string RowsOfOthersSql =
        """
        select c.without_sale, c.other_status
        from pg_catalog.pg_attribute a
        cross join lateral public.count_offline_conversion_rows_of_others($1) c
        where a.attrelid = to_regclass('public.offline_conversion_queue') and a.attname = 'sale_id' and not a.attnotnull
        """;

    private const string LoginSql =
        """
        select current_setting('server_version_num')::int,
               current_user::text,
               coalesce((select r.rolsuper or r.rolbypassrls from pg_catalog.pg_roles r where r.rolname = current_user), false),
               exists (
                   select
                   from pg_catalog.pg_namespace n
                   cross join lateral aclexplode(coalesce(n.nspacl, acldefault('n', n.nspowner))) a
                   where n.nspname = 'public' and a.grantee = 0 and a.privilege_type = 'CREATE'
               ),
               exists (select from pg_catalog.pg_roles r
                       where r.rolname = 'opsmantik_operator' and pg_has_role(current_user, r.oid, 'USAGE'))
        """;

    private const string CredentialsByKeySql =
        """
        select key_fingerprint, count(*)
        from public.provider_credentials
        where is_active
        group by key_fingerprint
        order by key_fingerprint
        """;

    // Granted to the login itself, or to a role that it is a member of: migrate takes away only what service_role has.
    private const string AppendOnlySql =
        """
        select current_user::text, t.name, string_agg(r.name, ', ' order by r.name)
        from unnest(array['provider_upload_attempts', 'operator_audit']) as t (name)
        cross join unnest(array['UPDATE', 'DELETE', 'TRUNCATE']) as r (name)
        where to_regclass('public.' || t.name) is not null
          and has_table_privilege('public.' || t.name, r.name)
        group by t.name
        order by t.name
        """;

    /// <summary>Rows of others are counted to this many.</summary>
    public const int MostRowsOfOthers = 100_000;

    /// <summary>Whether the database is reachable, lets the worker in, and is as new as the code.</summary>
    public async Task<DatabaseStatus> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            var (roleFault, seesRowsOfOthers) = await FindRoleFaultAsync(connection, cancellationToken);
            if (roleFault is not null)
                return new DatabaseStatus(true, roleFault, null) { SeesRowsOfOthers = seesRowsOfOthers };
            return new DatabaseStatus(true, null, await FindSchemaFaultAsync(connection, cancellationToken));
        }
        catch (Exception exception) when (DatabaseErrors.IsUnavailable(exception))
        {
            return new DatabaseStatus(false, null, null) { UnavailableReason = DatabaseErrors.Reason(exception) };
        }
    }

    /// <summary>The server, the login and its rights.</summary>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public async Task<DatabaseReport> ReadReportAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var login = new NpgsqlCommand(LoginSql, connection);
        await using var reader = await login.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var report = new DatabaseReport(
            reader.GetInt32(0), reader.GetString(1), reader.GetBoolean(2), reader.GetBoolean(3), reader.GetBoolean(4), default, [], null);
        await reader.DisposeAsync();
        return report with
        {
            GrantFaults =
            [
                .. await RoleRights.ReadFaultsAsync(connection, cancellationToken),
                .. report.BypassesRowSecurity ? [] : await FindExcessAsync(connection, cancellationToken),
            ],
            CredentialsByKey = await ReadCredentialsByKeyAsync(connection, cancellationToken),
            RowsOfOthers = await ReadRowsOfOthersAsync(connection, cancellationToken),
            Now = await ReadNowAsync(connection, cancellationToken),
        };
    }

    private static async Task<(string? Fault, bool SeesRowsOfOthers)> FindRoleFaultAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(RoleSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var login = reader.GetString(0);
        if (!reader.GetBoolean(1))
        {
            return ($"The database login \"{login}\" is not a member of service_role. "
                + $"Migrate the database, then run: grant service_role to \"{login}\";", reader.GetBoolean(2));
        }

        return reader.GetBoolean(2)
            ? ($"The database login \"{login}\" sees rows of the queue that are the dashboard's own: row security, which keeps them from the "
                + "worker, does not hold it. Give it a login that is a member of service_role and nothing more.", true)
            : (null, false);
    }

    private static async Task<string?> FindSchemaFaultAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Fix = "Bring it up to date with: opsmantik migrate --database <connection string>";
        try
        {
            await using var command = new NpgsqlCommand(
                $"""
                 (select name from unnest($1) as n (name) except select scriptname from public.{SchemaMigrator.Journal})
                 union all
                 select 'index ' || x.name
                 from unnest($2) as x (name)
                 where not exists (
                     select from pg_catalog.pg_index i where i.indexrelid = to_regclass('public.' || x.name) and i.indisvalid)
                 union all
                 select m.name
                 from pg_catalog.pg_attribute a
                 cross join lateral (
                     select 'index ' || x.name
                     from unnest($3) as x (name)
                     where not exists (
                         select from pg_catalog.pg_index i where i.indexrelid = to_regclass('public.' || x.name) and i.indisvalid)
                     union all
                     select 'policy opsmantik_sales_only'
                     where not exists (
                         select from pg_catalog.pg_policy p where p.polrelid = a.attrelid and p.polname = 'opsmantik_sales_only')
                 ) as m (name)
                 where a.attrelid = to_regclass('public.offline_conversion_queue') and a.attname = 'sale_id' and not a.attnotnull
                 order by 1
                 limit 1
                 """,
                connection);
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. Migrations.Names] });
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. TableIndex.All.Select(index => index.Name)] });
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. TableIndex.OfNewerQueue.Select(index => index.Name)] });
            var missing = await command.ExecuteScalarAsync(cancellationToken) as string;
            return missing is null ? null : $"The database schema is older than this worker: {missing} is missing. {Fix}";
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return $"The database has no schema of this worker. {Fix}";
        }
    }

    private static async Task<DateTime> ReadNowAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select clock_timestamp()", connection);
        return (DateTime)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private static async Task<IReadOnlyList<GrantFault>> FindExcessAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(AppendOnlySql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var faults = new List<GrantFault>();
        while (await reader.ReadAsync(cancellationToken))
        {
            faults.Add(new GrantFault(reader.GetString(0), reader.GetString(1), reader.GetString(2), false, null));
        }

        return faults;
    }

    private static async Task<RowsOfOthers?> ReadRowsOfOthersAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand(RowsOfOthersSql, connection);
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = MostRowsOfOthers });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken) ? new RowsOfOthers(reader.GetInt64(0), reader.GetInt64(1)) : null;
        }
        catch (PostgresException exception) when (exception.SqlState
            is PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.UndefinedFunction)
        {
            return null;
        }
        // A very large queue with few of them: what is only told is not waited for.
        catch (NpgsqlException exception) when (exception.InnerException is TimeoutException)
        {
            return null;
        }
    }

    private static async Task<IReadOnlyDictionary<string, long>?> ReadCredentialsByKeyAsync(
        NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = new NpgsqlCommand(CredentialsByKeySql, connection);
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

/// <summary>Whether the worker can work on its database. Faults are plain words without secrets.</summary>
/// <param name="Reachable">A connection could be opened.</param>
/// <param name="RoleFault">The login is not a member of <c>service_role</c>.</param>
/// <param name="SchemaFault">The schema is older than the code.</param>
public sealed record DatabaseStatus(bool Reachable, string? RoleFault, string? SchemaFault)
{
    /// <summary>Why no connection could be opened, for the log; null when one could.</summary>
    public string? UnavailableReason { get; init; }

    /// <summary>The queue has rows that are the dashboard's own, and this login is not kept from them.</summary>
    public bool SeesRowsOfOthers { get; init; }

    public bool Ready => Reachable && Fault is null;

    /// <summary>What stands in the way and what to do, null when nothing but reachability does.</summary>
    public string? Fault => RoleFault ?? SchemaFault;
}

/// <summary>What <see cref="DatabaseCheck.ReadReportAsync"/> read.</summary>
/// <param name="ServerVersion">Such as 170002.</param>
/// <param name="Login">The role that is logged in.</param>
/// <param name="BypassesRowSecurity">As a superuser does, or by an attribute of its own: more than a worker should.</param>
/// <param name="SchemaIsOpen">Every login may create in the schema <c>public</c>, as before PostgreSQL 15.</param>
/// <param name="IsOperator">The login is a member of <c>opsmantik_operator</c>: commands that change something work with it.</param>
/// <param name="Now">The database's clock, UTC.</param>
/// <param name="GrantFaults">Rights that are missing, or too many, of whomever.</param>
/// <param name="CredentialsByKey">How many active credentials each key has sealed, by fingerprint; null when they may not be read.</param>
public sealed record DatabaseReport(
    int ServerVersion,
    string Login,
    bool BypassesRowSecurity,
    bool SchemaIsOpen,
    bool IsOperator,
    DateTime Now,
    IReadOnlyList<GrantFault> GrantFaults,
    IReadOnlyDictionary<string, long>? CredentialsByKey)
{
    /// <summary>Null where the queue holds sales alone, or it may not be counted.</summary>
    public RowsOfOthers? RowsOfOthers { get; init; }
}

/// <summary>Rows of the queue that are the dashboard's own, each counted to <see cref="DatabaseCheck.MostRowsOfOthers"/>.</summary>
/// <param name="WithoutSale">Of calls.</param>
/// <param name="OtherStatus">Of sales, in a status that is not ours.</param>
public sealed record RowsOfOthers(long WithoutSale, long OtherStatus);
