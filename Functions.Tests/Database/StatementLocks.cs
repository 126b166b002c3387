using DbUp.Engine;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Database;

/// <summary>The locks that each statement of each script takes on tables that are there, as the server tells them.</summary>
internal static class StatementLocks
{
    private const string LocksSql =
        """
        select c.relname || ' ' || upper(trim(regexp_replace(replace(l.mode, 'Lock', ''), '([A-Z])', ' \1', 'g')))
        from pg_locks l
        join pg_class c on c.oid = l.relation
        join before b on b.oid = c.oid
        where l.pid = pg_backend_pid() and l.mode not in ('AccessShareLock', 'RowShareLock')
        """;

    /// <summary>Modes that keep somebody waiting, the weakest first.</summary>
    public static readonly string[] Modes =
    [
        "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE", "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE",
    ];

    /// <summary>On the dashboard's older tables, on its newer ones, and over what is there already: the strongest of each.</summary>
    public static async Task<SortedDictionary<(string Script, int Statement, string Table), string>> TakeAllAsync()
    {
        await using var older = await TestDatabase.CreateOlderShapeAsync();
        await using var newer = await TestDatabase.CreateNewerShapeAsync();
        await using var current = await TestDatabase.CreateAsync();
        await JoinAsync(newer);
        SortedDictionary<(string Script, int Statement, string Table), string> taken = [];
        foreach (var script in Migrations.Names)
        {
            foreach (var database in (TestDatabase[])[older, newer, current])
                await RunAsync(database, script, taken);
        }

        return taken;
    }

    private static async Task JoinAsync(TestDatabase database)
    {
        await using var connection = await database.Admin.OpenConnectionAsync();
        foreach (var statement in PendingMigration.Read(connection, Array.Empty<SqlScript>(), []).Join)
            await database.ExecuteAsync(statement.Sql);
    }

    /// <summary>Adds the locks on tables that were there before the script, each statement's own; none rewrites such a table.</summary>
    private static async Task RunAsync(
        TestDatabase database, string script, SortedDictionary<(string Script, int Statement, string Table), string> taken)
    {
        await using var connection = await database.Admin.OpenConnectionAsync();
        async Task<string[]> ExecuteAsync(string sql)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            await using var reader = await command.ExecuteReaderAsync();
            List<string> values = [];
            while (reader.FieldCount == 1 && await reader.ReadAsync())
                values.Add(reader.GetString(0));
            return [.. values];
        }

        await ExecuteAsync(
            "create temporary table before as select oid, relfilenode from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'");
        var place = 0;
        foreach (var statement in ScriptLock.Split(Migrations.Read(script)))
        {
            place++;
            await ExecuteAsync("begin");
            await ExecuteAsync(statement);
            foreach (var (table, mode) in (await ExecuteAsync(LocksSql)).Select(one => (one[..one.IndexOf(' ')], one[(one.IndexOf(' ') + 1)..])))
            {
                var key = (script, place, table);
                if (!taken.TryGetValue(key, out var known) || Array.IndexOf(Modes, known) < Array.IndexOf(Modes, mode))
                    taken[key] = mode;
            }

            await ExecuteAsync("commit");
        }

        Assert.That(
            await ExecuteAsync("select c.relname::text from pg_class c join before b on b.oid = c.oid and b.relfilenode <> c.relfilenode"), Is.Empty,
            $"{script} rewrites a table");
        await ExecuteAsync("drop table before");
    }
}
