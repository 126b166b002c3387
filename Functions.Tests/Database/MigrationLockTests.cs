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

    // As the runner sets it, in ms.
    private const int FirstWait = 800;

    /// <summary>Tables whose rows no script may read while it locks the table: to build an index takes SHARE.</summary>
    private static readonly string[] Large = ["sales", "offline_conversion_queue", "provider_upload_attempts"];

    [Test]
    public async Task The_document_names_the_locks_of_every_script_and_none_keeps_others_waiting_for_a_second()
    {
        await using var older = await TestDatabase.CreateOlderShapeAsync();
        await using var newer = await TestDatabase.CreateAsync();
        var documented = Row().Matches(await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "docs", "deployment.md")))
            .ToDictionary(row => row.Groups["script"].Value, row => Name().Matches(row.Groups["tables"].Value)
                .Select(table => $"{table.Groups["name"].Value} {LockOf(table.Groups["mode"].Value)}")
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

        Assert.Multiple(() =>
        {
            Assert.That(documented, Is.EqualTo(taken));
            foreach (var (script, tables) in taken)
                Assert.That(LongestWait(script, tables.Length), Is.LessThan(1000), script);
        });
    }

    private static string LockOf(string mode) => mode switch
    {
        "" => "AccessExclusiveLock",
        "SHARE" => "ShareLock",
        "SHARE ROW EXCLUSIVE" => "ShareRowExclusiveLock",
        _ => mode,
    };

    /// <summary>In ms: who waits for a script's first table waits for the others too.</summary>
    private static int LongestWait(string script, int tables) =>
        FirstWait + (tables - 1) * (FurtherWait().Match(Migrations.Read(script)) is { Success: true } set ? int.Parse(set.Groups["ms"].Value) : FirstWait);

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

    [GeneratedRegex(@"set local lock_timeout = '(?<ms>\d+)ms'")]
    private static partial Regex FurtherWait();

    [GeneratedRegex(@"`(?<name>\w+)`(?: \((?<mode>[A-Z ]+)\))?")]
    private static partial Regex Name();
}
