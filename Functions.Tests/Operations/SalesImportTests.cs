using Npgsql;
using OpsMantik.Core.Operations;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Operations;

/// <summary>On the worker's own login, which may not write to the application's tables.</summary>
internal sealed class SalesImportTests
{
    private TestDatabase _database = null!;
    private NpgsqlDataSource _source = null!;
    private SalesImport _import = null!;
    private Guid _site;

    [SetUp]
    public async Task OpenAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _source = NpgsqlDataSource.Create(_database.OperatorConnectionString);
        _import = new SalesImport(_source);
        _site = await _database.AddSiteAsync();
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await _source.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task A_new_sale_is_queued_as_the_dashboard_would_have_queued_it()
    {
        var queued = await EnqueueAsync(Sale(2, "a-1", "wbraid"));

        Assert.That(queued, Is.EqualTo(1));
        Assert.That(
            await _database.ScalarAsync<string>(
                """
                select concat_ws('|', q.status, q.provider_key, q.gclid, q.wbraid, q.value_cents, q.currency, s.status,
                                 s.external_ref, s.occurred_at = q.conversion_time, c.status, c.primary_source)
                from offline_conversion_queue q
                join sales s on s.id = q.sale_id
                join conversations c on c.id = s.conversation_id
                """),
            Is.EqualTo("QUEUED|google_ads|Cj0K-a-1|1250|TRY|CONFIRMED|a-1|t|WON|{\"wbraid\": \"Cj0K-a-1\"}"));
        Assert.That(
            await _database.ScalarAsync<string>(
                "select concat_ws('|', actor, action, site_id = $1, row_count) from operator_audit", _site),
            Is.EqualTo("ops|enqueue|t|1"));
    }

    [Test]
    public async Task The_same_file_again_doubles_nothing_and_says_how_each_stands()
    {
        ImportSale[] sales = [Sale(2, "a-1"), Sale(3, "a-2")];
        await EnqueueAsync(sales);
        await _database.ExecuteAsync("update offline_conversion_queue set status = 'COMPLETED' where gclid = 'Cj0K-a-1'");

        var results = await _import.CheckAsync(sales, CancellationToken.None);
        var again = await EnqueueAsync(sales);

        Assert.That(
            results.Select(sale => (sale.Line, sale.Result, sale.Status)),
            Is.EqualTo(new[] { (2, SaleCheck.AlreadyQueued, "COMPLETED"), (3, SaleCheck.AlreadyQueued, "QUEUED") }));
        Assert.That(again, Is.Zero);
        Assert.That(await _database.ScalarAsync<long>("select count(*) from sales"), Is.EqualTo(2));
        Assert.That(await _database.ScalarAsync<long>("select count(*) from operator_audit"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_confirmed_sale_without_a_row_gets_one()
    {
        await EnqueueAsync(Sale(2, "a-1"));
        await _database.ExecuteAsync("delete from offline_conversion_queue");

        Assert.That((await CheckAsync(Sale(2, "a-1"))).Result, Is.EqualTo(SaleCheck.Unqueued));
        Assert.That(await EnqueueAsync(Sale(2, "a-1")), Is.EqualTo(1));
        Assert.That(await _database.ScalarAsync<long>("select count(*) from sales"), Is.EqualTo(1));
    }

    [TestCase("update sales set amount_cents = 1", SaleCheck.Differs)]
    [TestCase("update sales set currency = 'EUR'", SaleCheck.Differs)]
    [TestCase("update offline_conversion_queue set gclid = 'another'", SaleCheck.Differs)]
    [TestCase("with gone as (delete from offline_conversion_queue) update sales set status = 'DRAFT'", SaleCheck.Draft)]
    [TestCase("with gone as (delete from offline_conversion_queue) update sales set status = 'CANCELED'", SaleCheck.Canceled)]
    public async Task One_sale_that_cannot_be_enqueued_keeps_all_others_out(string sql, SaleCheck verdict)
    {
        await EnqueueAsync(Sale(2, "a-1"));
        await _database.ExecuteAsync(sql);
        var rows = await _database.ScalarAsync<long>("select count(*) from offline_conversion_queue");

        var sale = await CheckAsync(Sale(2, "a-1"));

        Assert.That(sale.Result, Is.EqualTo(verdict));
        Assert.That(sale.Fault, Is.Not.Empty);
        Assert.That(
            async () => await EnqueueAsync(Sale(2, "a-1"), Sale(3, "a-2")),
            Throws.TypeOf<PostgresException>().With.Message.Contains("nothing was written"));
        Assert.That(await _database.ScalarAsync<long>("select count(*) from offline_conversion_queue"), Is.EqualTo(rows));
        Assert.That(await _database.ScalarAsync<long>("select count(*) from sales"), Is.EqualTo(1));
    }

    [Test]
    public async Task An_unknown_site_is_said_so()
    {
        var sale = Sale(2, "a-1") with { SiteId = Guid.NewGuid() };

        Assert.That((await CheckAsync(sale)).Fault, Does.Contain("no site"));
        Assert.That(async () => await EnqueueAsync(sale), Throws.TypeOf<PostgresException>());
    }

    [Test]
    public async Task Two_who_import_the_same_file_at_once_queue_each_sale_once()
    {
        ImportSale[] sales = [.. Enumerable.Range(2, 200).Select(line => Sale(line, $"a-{line}"))];

        var queued = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => EnqueueAsync(sales)));

        Assert.That(queued.Order(), Is.EqualTo((long[])[0, 0, 0, 200]));
        Assert.That(await _database.ScalarAsync<long>("select count(*) from offline_conversion_queue"), Is.EqualTo(200));
    }

    [Test]
    public async Task The_workers_login_has_no_other_way_to_the_applications_tables()
    {
        await using var command = _source.CreateCommand("insert into sales (site_id, occurred_at, amount_cents) values ($1, now(), 1)");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = _site });

        Assert.That(
            async () => await command.ExecuteNonQueryAsync(),
            Throws.TypeOf<PostgresException>().With.Property("SqlState").EqualTo(PostgresErrorCodes.InsufficientPrivilege));
    }

    private Task<long> EnqueueAsync(params ImportSale[] sales) => _import.EnqueueAsync(sales, "ops", null, CancellationToken.None);

    private async Task<CheckedSale> CheckAsync(ImportSale sale) =>
        (await _import.CheckAsync([sale], CancellationToken.None)).Single();

    private ImportSale Sale(int line, string reference, string kind = "gclid") => new()
    {
        Line = line,
        SiteId = _site,
        ExternalRef = reference,
        ClickKind = kind,
        ClickId = $"Cj0K-{reference}",
        OccurredAt = new DateTimeOffset(2026, 11, 20, 7, 0, 0, TimeSpan.Zero),
        AmountCents = 1250,
        Currency = "TRY",
    };
}
