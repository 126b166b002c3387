using Npgsql;
using OpsMantik.Core.Operations;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Operations;

internal sealed class RowFinderTests
{
    private TestDatabase _database = null!;
    private NpgsqlDataSource _operator = null!;
    private RowFinder _rows = null!;
    private Guid _site;
    private Guid[] _ids = [];
    private bool _isScan;

    [SetUp]
    public async Task OpenAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _operator = NpgsqlDataSource.Create(_database.OperatorConnectionString);
        _rows = new RowFinder(_operator);
        _site = await _database.AddSiteAsync();
        _ids = [.. await _database.EnqueueAsync(_site, 3, "click"), .. await _database.EnqueueAsync(await _database.AddSiteAsync(), 2, "other")];
        await _database.ExecuteAsync("update sales set external_ref = 'phone-17' where id = (select sale_id from offline_conversion_queue where id = $1)", _ids[0]);
        await _database.ExecuteAsync("update offline_conversion_queue set provider_ref = 'order-5' where id = $1", _ids[1]);
        await _database.ExecuteAsync(
            """update offline_conversion_queue set payload = '{"order_id":"o''7","click_ids":{"wbraid":"w-9"}}' where id = $1""", _ids[2]);
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await _operator.DisposeAsync();
        await _database.DisposeAsync();
    }

    [TestCase("phone-17", 0, false)]
    [TestCase("order-5", 1, true)]
    [TestCase("click-2", 1, true)]
    [TestCase("o'7", 2, true)]
    [TestCase("w-9", 2, true)]
    [TestCase("CLICK-2", null, true, Description = "upper and lower case differ in click ids")]
    [TestCase("'; drop table sites; --", null, true)]
    public async Task A_row_is_found_by_what_people_and_Google_call_its_sale(string text, int? row, bool isScan)
    {
        Assert.That((await FindAsync(text)).Select(found => found.Id), Is.EqualTo(row is { } place ? new[] { _ids[place] } : []));
        Assert.That(_isScan, Is.EqualTo(isScan), "the queue is read as a whole, and the operator is told");
    }

    [Test]
    public async Task A_row_is_found_by_its_own_id_and_its_sale_s()
    {
        var sale = await _database.ScalarAsync<Guid>("select sale_id from offline_conversion_queue where id = $1", _ids[1]);

        Assert.That((await FindAsync($"{_ids[1]}")).Single().SaleId, Is.EqualTo(sale));
        Assert.That((await FindAsync($"{sale}")).Single(), Has.Property(nameof(FoundRow.Id)).EqualTo(_ids[1]).And.Property(nameof(FoundRow.SiteId)).EqualTo(_site));
        Assert.That(_isScan, Is.False);
    }

    [Test]
    public async Task One_reference_of_two_sites_is_two_rows_until_the_site_is_named()
    {
        await _database.ExecuteAsync("update sales set external_ref = 'phone-17' where id = (select sale_id from offline_conversion_queue where id = $1)", _ids[3]);
        await _database.ExecuteAsync("update offline_conversion_queue set gclid = 'click-2' where id = $1", _ids[4]);

        Assert.That(await FindAsync("phone-17"), Has.Count.EqualTo(2));
        Assert.That((await FindAsync("phone-17", _site)).Select(row => row.Id), Is.EqualTo(new[] { _ids[0] }));
        Assert.That(await FindAsync("click-2"), Has.Count.EqualTo(2));
        Assert.That((await FindAsync("click-2", _site)).Select(row => row.Id), Is.EqualTo(new[] { _ids[1] }));
    }

    private Task<IReadOnlyList<FoundRow>> FindAsync(string text, Guid? site = null) =>
        _rows.FindAsync(text, site, () => _isScan = true, CancellationToken.None);
}
