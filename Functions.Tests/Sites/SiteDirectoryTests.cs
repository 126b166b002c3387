using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Core.Sites;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Sites;

internal sealed class SiteDirectoryTests
{
    private static readonly Guid Cafe = Guid.Parse("aaaaaaaa-1111-4111-8111-111111111111");
    private static readonly Guid Dental = Guid.Parse("aaaaaaaa-1111-4122-8111-111111111111");
    private static readonly Guid Garage = Guid.Parse("bbbbbbbb-1111-4111-8111-111111111111");

    private TestDatabase _database = null!;
    private NpgsqlDataSource _worker = null!;
    private SiteDirectory _sites = null!;

    [SetUp]
    public async Task OpenAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _worker = NpgsqlDataSource.Create(_database.WorkerConnectionString);
        _sites = new SiteDirectory(_worker);
        foreach (var site in (Guid[])[Cafe, Dental, Garage])
            await _database.ExecuteAsync("insert into sites (id) values ($1)", site);
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await _worker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [TestCase("name", "Cafe Nord")]
    [TestCase("domain", "cafe.example")]
    [TestCase("name, domain", "Cafe Nord")]
    [TestCase("", null)]
    public async Task A_site_has_what_names_the_application_s_table_gives_it(string columns, string? title)
    {
        await NameAsync(columns);

        var names = await _sites.ReadAsync([Cafe, Garage, Cafe], default);

        Assert.That(names.TitleOf(Cafe), Is.EqualTo(title));
        Assert.That(names.Show(Cafe), Is.EqualTo(title is null ? $"{Cafe}" : $"{title} (aaaaaaaa-1111-411)"));
        Assert.That(names.ShortIdOf(Garage), Is.EqualTo("bbbbbbbb"));
    }

    [Test]
    public async Task A_short_id_is_as_long_as_it_takes_to_name_one_site_also_beside_one_that_is_not_shown()
    {
        var names = await _sites.ReadAsync([Dental, Garage], default);

        Assert.That(names.ShortIdOf(Dental), Is.EqualTo("aaaaaaaa-1111-412"));
        Assert.That((await _sites.FindAsync(names.ShortIdOf(Dental), default)).Select(site => site.Id), Is.EqualTo(new[] { Dental }));
        Assert.That((await _sites.ReadAsync([Guid.Parse("cccccccc-1111-4111-8111-111111111111")], default)).Show(Guid.Empty), Is.EqualTo($"{Guid.Empty}"));
    }

    [Test]
    public async Task What_is_no_text_or_has_no_end_is_no_trouble()
    {
        await _database.ExecuteAsync("alter table sites add column name jsonb, add column domain text, add column config jsonb default '{\"name\": 1}'");
        await _database.ExecuteAsync("update sites set name = '[1]', domain = repeat('x', 5000) where id = $1", Cafe);
        await _database.ExecuteAsync("update sites set domain = '  ' where id = $1", Garage);

        var found = await _sites.FindAsync($"{Cafe}", default);
        Assert.That(found.Single(), Is.EqualTo(new SiteName(Cafe, "[1]", new string('x', 100) + "…")));
        Assert.That((await _sites.ReadAsync([Garage], default)).TitleOf(Garage), Is.Null);
    }

    [Test]
    public async Task Names_are_read_by_the_key_and_no_more_rows_than_are_shown()
    {
        await NameAsync("name, domain");
        await _database.ExecuteAsync("insert into sites (id, name) select gen_random_uuid(), 'n' || n from generate_series(1, 20000) as n");
        await _database.ExecuteAsync("analyze sites");
        await using var command = _worker.CreateCommand("explain (analyze, format json) " + SqlText.Load("Sites.Sql.SiteNames"));
        command.Parameters.AddWithValue(new[] { Cafe, Garage });
        command.Parameters.AddWithValue(new[] { Cafe, Garage });

        var plan = (string)(await command.ExecuteScalarAsync())!;

        Assert.That(plan, Does.Contain("sites_pkey").And.Not.Contain("Seq Scan"));
    }

    private async Task NameAsync(string columns)
    {
        foreach (var column in columns.Split(", ", StringSplitOptions.RemoveEmptyEntries))
        {
            await _database.ExecuteAsync($"alter table sites add column {column} text");
            await _database.ExecuteAsync($"update sites set {column} = $2 where id = $1", Cafe, column == "name" ? "Cafe Nord" : "cafe.example");
        }
    }
}
