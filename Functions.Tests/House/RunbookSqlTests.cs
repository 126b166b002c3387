using System.Text.RegularExpressions;
using Npgsql;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.House;

/// <summary>An operator in trouble pastes these: the schema must know every name, and the operators' role may do it all.</summary>
public partial class RunbookSqlTests
{
    [Test]
    public async Task Every_statement_of_the_runbook_runs_with_the_operators_rights()
    {
        var runbook = await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "docs", "runbook.md"));
        var blocks = Fence().Matches(runbook).Select(fence => fence.Groups["sql"].Value).ToList();
        await using var database = await TestDatabase.CreateAsync();
        await using var source = NpgsqlDataSource.Create(database.OperatorConnectionString);
        var site = await database.AddSiteAsync();
        await database.EnqueueAsync(site);

        Assert.That(blocks, Is.Not.Empty);
        Assert.Multiple(() =>
        {
            foreach (var sql in blocks)
            {
                // psql's variable.
                using var command = source.CreateCommand(sql.Replace(":'site'", $"'{site}'", StringComparison.Ordinal));
                Assert.That(() => command.ExecuteNonQuery(), Throws.Nothing, sql);
            }
        });
    }

    [GeneratedRegex(@"```sql\n(?<sql>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();
}
