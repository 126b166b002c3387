using System.Text.RegularExpressions;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Database;

/// <summary>
/// The locks that <c>migrate --plan</c> tells of, and the table in docs/deployment.md, against those that each statement of each script
/// takes when it runs: on the dashboard's older tables, on its newer ones, and over what is there already.
/// </summary>
internal sealed partial class MigrationLockTests
{
    /// <summary>Tables whose rows no script may read while it locks the table: to build an index takes SHARE.</summary>
    private static readonly string[] Large = ["sales", "offline_conversion_queue", "provider_upload_attempts"];

    [Test]
    public async Task The_plan_and_the_document_name_the_locks_of_every_statement_and_all_of_them_keep_nobody_waiting_for_a_second()
    {
        var taken = await StatementLocks.TakeAllAsync();
        var path = Path.Combine(SourceTree.Root, "Core", "Database", "Sql", "Locks.sql");
        var written = await File.ReadAllTextAsync(path);
        var lines = string.Join(",\n           ", taken.Select(one => $"('{one.Key.Script}', {one.Key.Statement}, '{one.Key.Table}', '{one.Value}')"));
        var expected = Values().Replace(written, $"values {lines}\n)");
        if (Environment.GetEnvironmentVariable("UPDATE_DOCS") is not null)
            await File.WriteAllTextAsync(path, written = expected);
        var strong = taken.Where(one => one.Value != StatementLocks.Modes[0]).ToList();

        Assert.Multiple(async () =>
        {
            Assert.That(written, Is.EqualTo(expected));
            Assert.That(await DocumentedAsync(), Is.EqualTo(Migrations.Names.ToDictionary(
                script => script,
                script => strong.Where(one => one.Key.Script == script).GroupBy(one => one.Key.Table)
                    .Select(table => $"{table.Key} {table.Select(one => one.Value).MaxBy(mode => Array.IndexOf(StatementLocks.Modes, mode))}").Order().ToArray())));
            Assert.That(
                strong.Where(one => one.Value == "SHARE" && Large.Contains(one.Key.Table)).Select(one => one.Key), Is.Empty,
                "builds an index: Sql/Indexes.sql");
            // Who waits for the first table waits for all others too.
            Assert.That(
                SchemaMigrator.FirstLockTimeout + SchemaMigrator.FurtherLockTimeout * strong.Select(one => one.Key.Table).Distinct().Count(),
                Is.LessThan(1000));
        });
    }

    [TestCase("select 1; select 2", "select 1|select 2")]
    [TestCase("-- a; b\nselect ';' || $$;$$;\n\n-- c\n", "select ';' || $$;$$")]
    [TestCase("do $do$ begin execute $sql$ select $$;$$; $sql$; end $do$;\nselect 'it''s;', \";\"; /* ; */", "do $do$ begin execute $sql$ select $$;$$; $sql$; end $do$|select 'it''s;', \";\"")]
    public void A_script_is_split_where_a_statement_ends(string script, string statements) =>
        Assert.That(string.Join('|', ScriptLock.Split(script)), Is.EqualTo(statements));

    private static async Task<Dictionary<string, string[]>> DocumentedAsync() =>
        Row().Matches(await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "docs", "deployment.md")))
            .Select(row => (Script: row.Groups["script"].Value, Tables: Name().Matches(row.Groups["tables"].Value)))
            .ToDictionary(row => row.Script, row => row.Tables
                .Select(table => $"{table.Groups["name"].Value} {(table.Groups["mode"].Value is { Length: > 0 } mode ? mode : StatementLocks.Modes[^1])}").Order().ToArray());

    [GeneratedRegex(@"(?<=with locks \(script, statement, name, mode\) as \(\n    )values .*?\n\)", RegexOptions.Singleline)]
    private static partial Regex Values();

    [GeneratedRegex(@"^\| `(?<script>\d{4}_\w+\.sql)` \| (?<tables>.*) \|\r?$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"`(?<name>\w+)`(?: \((?<mode>[A-Z ]+)\))?")]
    private static partial Regex Name();
}
