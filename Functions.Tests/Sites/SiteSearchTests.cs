using OpsMantik.Core.Sites;

namespace OpsMantik.Functions.Tests.Sites;

internal sealed class SiteSearchTests : SiteFixture
{
    [TestCase("aaaaaaaa-1111-4111-8111-111111111111", 1)]
    [TestCase("AAAAAAAA-1111-411", 1)]
    [TestCase("aaaaaaaa", 2)]
    [TestCase("bbbb", 1)]
    [TestCase("bbb", 0, Description = "too short for a beginning")]
    [TestCase("aaaaaaaa1111", 0, Description = "dashes in their places")]
    [TestCase("cafe nord", 1)]
    [TestCase(" CAFE.example ", 1)]
    [TestCase("cafe", 0, Description = "a name is meant whole")]
    [TestCase("%", 0)]
    [TestCase("beef", 2, Description = "a name, and the beginning of another's id")]
    public async Task A_site_is_found_by_id_beginning_name_or_domain(string typed, int expected)
    {
        await NameAsync("name, domain");
        await Database.ExecuteAsync("insert into sites (id, name) values ('beef0000-1111-4111-8111-111111111111', 'x'), (gen_random_uuid(), 'Beef')");

        Assert.That(await Sites.FindAsync(typed, default), Has.Count.EqualTo(expected));
    }

    [Test]
    public async Task A_table_without_names_is_searched_without_an_error()
    {
        Assert.That(await Sites.FindAsync("Cafe Nord", default), Is.Empty);
        Assert.That((await Sites.FindAsync("bbbbbbbb", default)).Single(), Is.EqualTo(new SiteName(Garage, null, null)));
    }

    [Test]
    public async Task Suggestions_begin_as_typed_and_each_names_one_site()
    {
        await NameAsync("name, domain");
        await Database.ExecuteAsync("update sites set name = case id when $1 then 'Cafe Nord' else E'Cafe\\u202eNord' end where id <> $2", Dental, Cafe);

        Assert.That(await Sites.SuggestAsync("CAF", default), Is.EqualTo(new[] { "cafe.example" }), "the name is two sites', the other hides something");
        Assert.That(await Sites.SuggestAsync("bbbb", default), Is.EqualTo(new[] { $"{Garage}" }));
        Assert.That(await Sites.SuggestAsync("zzz", default), Is.Empty);
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
