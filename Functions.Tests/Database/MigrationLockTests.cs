using System.Text.RegularExpressions;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.House;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Database;

/// <summary>The table of locks in docs/deployment.md against those that each script really holds when it ends.</summary>
internal sealed partial class MigrationLockTests
{
    private const string LocksSql =
        """
        select string_agg(distinct c.relname || ' ' || l.mode, ',' order by c.relname || ' ' || l.mode)
        from pg_locks l
        join pg_class c on c.oid = l.relation
        join before b on b.oid = c.oid
        where l.pid = pg_backend_pid() and l.mode not in ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
        """;

    /// <summary>Tables whose rows no script may read while it locks the table: to build an index takes SHARE.</summary>
    private static readonly string[] Large = ["sales", "offline_conversion_queue", "provider_upload_attempts"];

    [Test]
    public async Task The_document_names_the_locks_of_every_script()
    {
        await using var older = await TestDatabase.CreateOlderShapeAsync();
        await using var newer = await TestDatabase.CreateAsync();
        var documented = Row().Matches(await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "docs", "deployment.md")))
            .ToDictionary(row => row.Groups["script"].Value, row => Name().Matches(row.Groups["tables"].Value)
                .Select(table => table.Groups["name"].Value + (table.Groups["mode"].Success ? " ShareLock" : " AccessExclusiveLock"))
                .Order().ToArray());

        Dictionary<string, string[]> taken = [];
        foreach (var script in Migrations.Names)
        {
            // Run over what is there already, a script takes no fewer locks than where it finds something to do.
            string[] locks = [.. (await RunAsync(older, script)).Union(await RunAsync(newer, script))];
            Assert.That(locks.Intersect(Large.Select(table => $"{table} ShareLock")), Is.Empty, $"{script} builds an index: Sql/Indexes.sql");
            // The strongest of a table.
            taken[script] =
                [.. locks.Where(one => one.EndsWith(" AccessExclusiveLock", StringComparison.Ordinal)
                    || !locks.Contains($"{one.Split(' ')[0]} AccessExclusiveLock")).Order()];
        }

        Assert.That(documented, Is.EqualTo(taken));
    }

    [Test]
    public void Every_script_that_locks_several_tables_waits_for_all_of_them_no_longer_than_a_second()
    {
        // 0.8 s for the first, as the runner sets it, and 0.05 s for each of the four after it.
        Assert.That(Migrations.Read("0005_ledger.sql"), Does.Contain("set local lock_timeout = '50ms'"));
    }

    /// <returns>Locks on tables that were there before, stronger than those of readers and writers.</returns>
    private static async Task<string[]> RunAsync(TestDatabase database, string script)
    {
        await using var connection = await database.Admin.OpenConnectionAsync();
        async Task<object?> ExecuteAsync(string sql)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = sql;
            return await command.ExecuteScalarAsync();
        }

        await ExecuteAsync(
            "create temporary table before as select oid from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'");
        await ExecuteAsync("begin");
        await ExecuteAsync(Migrations.Read(script));
        var locks = await ExecuteAsync(LocksSql) as string;
        await ExecuteAsync("commit");
        await ExecuteAsync("drop table before");
        return locks?.Split(',') ?? [];
    }

    [GeneratedRegex(@"^\| `(?<script>\d{4}_\w+\.sql)` \| (?<tables>.*) \|\r?$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<name>\w+)`(?<mode> \(SHARE\))?")]
    private static partial Regex Name();
}
