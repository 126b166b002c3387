using OpsMantik.Core.Database;
using OpsMantik.Core.Sites;

namespace OpsMantik.Functions.Tests.Sites;

internal sealed class SiteDirectoryTests : SiteFixture
{
    [TestCase("name", "Cafe Nord")]
    [TestCase("domain", "cafe.example")]
    [TestCase("name, domain", "Cafe Nord")]
    [TestCase("", null)]
    public async Task A_site_has_what_names_the_application_s_table_gives_it(string columns, string? title)
    {
        await NameAsync(columns);

        var names = await Sites.ReadAsync([Cafe, Garage, Cafe], default);

        Assert.That(names.TitleOf(Cafe), Is.EqualTo(title));
        Assert.That(names.Show(Cafe), Is.EqualTo(title is null ? $"{Cafe}" : $"{title} (aaaaaaaa-1111-411)"));
        Assert.That(names.ShortIdOf(Garage), Is.EqualTo("bbbbbbbb"));
    }

    [Test]
    public async Task A_short_id_is_as_long_as_it_takes_to_name_one_site_also_beside_one_that_is_not_shown()
    {
        var names = await Sites.ReadAsync([Dental, Garage], default);

        Assert.That(names.ShortIdOf(Dental), Is.EqualTo("aaaaaaaa-1111-412"));
        Assert.That((await Sites.FindAsync(names.ShortIdOf(Dental), default)).Select(site => site.Id), Is.EqualTo(new[] { Dental }));
        Assert.That((await Sites.ReadAsync([Guid.Parse("cccccccc-1111-4111-8111-111111111111")], default)).Show(Guid.Empty), Is.EqualTo($"{Guid.Empty}"));
    }

    [Test]
    public async Task What_is_no_text_or_has_no_end_is_no_trouble()
    {
        await Database.ExecuteAsync("alter table sites add column name jsonb, add column domain text, add column config jsonb default '{\"name\": 1}'");
        await Database.ExecuteAsync("update sites set name = '[1]', domain = repeat('x', 5000) where id = $1", Cafe);
        await Database.ExecuteAsync("update sites set domain = '  ' where id = $1", Garage);

        var found = await Sites.FindAsync($"{Cafe}", default);
        Assert.That(found.Single(), Is.EqualTo(new SiteName(Cafe, "[1]", new string('x', 100) + "…")));
        Assert.That((await Sites.ReadAsync([Garage], default)).TitleOf(Garage), Is.Null);
    }

    [Test]
    public async Task Names_are_read_by_the_key_and_no_more_rows_than_are_shown()
    {
        await NameAsync("name, domain");
        await Database.ExecuteAsync("insert into sites (id, name) select gen_random_uuid(), 'n' || n from generate_series(1, 20000) as n");
        await Database.ExecuteAsync("analyze sites");
        await using var command = Source.CreateCommand("explain (analyze, format json) " + SqlText.Load("Sites.Sql.SiteNames"));
        command.Parameters.AddWithValue(new[] { Cafe, Garage });
        command.Parameters.AddWithValue(new[] { Cafe, Garage });

        var plan = (string)(await command.ExecuteScalarAsync())!;

        Assert.That(plan, Does.Contain("sites_pkey").And.Not.Contain("Seq Scan"));
    }

    private async Task NameAsync(string columns)
    {
        foreach (var column in columns.Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            await Database.ExecuteAsync($"alter table sites add column {column} text");
            await Database.ExecuteAsync($"update sites set {column} = $2 where id = $1", Cafe, column == "name" ? "Cafe Nord" : "cafe.example");
        }
    }
}
