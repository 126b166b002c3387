using Npgsql;

namespace OpsMantik.Core.Database;

/// <summary>Looks whether the database is there, lets the worker in, and is as new as the code.</summary>
public sealed class DatabaseCheck(NpgsqlDataSource database)
{
    private const string RoleSql =
        """
        select current_user::text,
               exists (select from pg_catalog.pg_roles r
                       where r.rolname = 'service_role' and pg_has_role(current_user, r.oid, 'USAGE'))
        """;

    public async Task<DatabaseStatus> CheckAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            if (await FindRoleFaultAsync(connection, cancellationToken) is { } roleFault)
                return new DatabaseStatus(true, roleFault, null);
            return new DatabaseStatus(true, null, await FindSchemaFaultAsync(connection, cancellationToken));
        }
        catch (Exception exception) when (DatabaseErrors.IsUnavailable(exception))
        {
            return new DatabaseStatus(false, null, null) { WhyAway = DatabaseErrors.Reason(exception) };
        }
    }

    private static async Task<string?> FindRoleFaultAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(RoleSql, connection);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var login = reader.GetString(0);
        return reader.GetBoolean(1)
            ? null
            : $"The database login \"{login}\" is not a member of service_role. "
              + $"Migrate the database, then run: grant service_role to \"{login}\";";
    }

    private static async Task<string?> FindSchemaFaultAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        const string Advice = "Bring it up to date with: opsmantik migrate --database <connection string>";
        try
        {
            await using var command = new NpgsqlCommand(
                $"select name from unnest($1) as n (name) except select scriptname from public.{SchemaMigrator.Journal} order by 1",
                connection);
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. Migrations.Names] });
            var missing = await command.ExecuteScalarAsync(cancellationToken) as string;
            return missing is null ? null : $"The database schema is older than this worker: {missing} is missing. {Advice}";
        }
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.UndefinedTable)
        {
            return $"The database has no schema of this worker. {Advice}";
        }
    }
}
