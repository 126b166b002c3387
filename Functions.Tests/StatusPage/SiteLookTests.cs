using OpsMantik.Core.Conversions;
using OpsMantik.Core.Status;
using OpsMantik.Functions.Tests.Sites;

namespace OpsMantik.Functions.Tests.StatusPage;

/// <summary>The status page's search, by what the database has.</summary>
internal sealed class SiteLookTests : SiteFixture
{
    [Test]
    public async Task A_site_is_found_by_its_name_also_behind_thousands_whose_names_are_not_read()
    {
        await Database.ExecuteAsync("alter table sites add column name text, add column domain text");
        await Database.ExecuteAsync(
            "insert into sites (id, name) select ('00000000-0000-4000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, 'Filler ' || n from generate_series(1, $1) as n",
            StatusReader.MaxNamedSites + 10);
        await Database.ExecuteAsync("update sites set name = 'Cafe Nord', domain = 'cafe.example' where id = $1", Cafe);
        await Database.ExecuteAsync("insert into provider_upload_metrics (site_id, provider_key) select id, 'google_ads' from sites");
        var reader = new StatusReader(Source, Currencies.Default);

        Assert.That((await reader.ReadAsync(default)).Names.TitleOf(Cafe), Is.Null, "it is behind those");
        foreach (var look in (string[])["FE NO", "fe.EXAM", "aaaaaaaa-1111-4111"])
        {
            var report = await reader.ReadAsync(look, default);
            Assert.That(report.Sites.Select(site => (site.SiteId, site.SiteName)), Is.EqualTo(new[] { (Cafe, "Cafe Nord") }), look);
        }

        Assert.That((await reader.ReadAsync("aaaaaaaa", default)).Sites, Has.Count.EqualTo(2));
        foreach (var nothing in (string[])["fe%no", "fe_no", "a\0", "1111-4111", "'"])
            Assert.That((await reader.ReadAsync(nothing, default)).Sites, Is.Empty, nothing);
        Assert.That((await reader.ReadAsync("filler", default)).Sites, Has.Count.EqualTo(StatusReader.MaxNamedSites), "there is a bound");
    }

    [Test]
    public async Task A_site_that_was_deleted_is_found_by_its_id()
    {
        await Database.ExecuteAsync("insert into provider_upload_metrics (site_id, provider_key) values ('dddddddd-1111-4111-8111-111111111111', 'google_ads')");

        var report = await new StatusReader(Source, Currencies.Default).ReadAsync("DDDD", default);

        Assert.That(report.Sites, Has.Count.EqualTo(1));
    }
}
