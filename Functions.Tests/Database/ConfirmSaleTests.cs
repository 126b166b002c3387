using Npgsql;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Database;

/// <summary>The application's side of the contract, as our migrations make it on an empty database.</summary>
internal sealed class ConfirmSaleTests
{
    private TestDatabase _database = null!;
    private Guid _site;

    [SetUp]
    public async Task OpenAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _site = await _database.AddSiteAsync();
    }

    [TearDown]
    public async Task CloseAsync() => await _database.DisposeAsync();

    [Test]
    public async Task A_confirmed_sale_is_queued_once_with_its_conversations_click_ids()
    {
        var sale = await AddSaleAsync();

        var answer = await _database.ScalarAsync<string>(
            "select concat_ws(' ', sale_id, new_status, enqueued) from confirm_sale_and_enqueue($1)", sale);

        Assert.Multiple(async () =>
        {
            Assert.That(answer, Is.EqualTo($"{sale} CONFIRMED t"));
            Assert.That(
                await _database.ScalarAsync<string>(
                    """
                    select concat_ws(' ', q.status, q.gclid, q.wbraid, q.value_cents, q.currency, q.retry_count,
                                     q.conversion_time = s.occurred_at)
                    from offline_conversion_queue q join sales s on s.id = q.sale_id
                    where s.status = 'CONFIRMED'
                    """),
                Is.EqualTo("QUEUED g-1 w-1 1999 EUR 0 t"));
        });
    }

    [Test]
    public async Task A_sale_is_confirmed_once()
    {
        var sale = await AddSaleAsync();
        await _database.ExecuteAsync("select confirm_sale_and_enqueue($1)", sale);

        Assert.That(
            async () => await _database.ExecuteAsync("select confirm_sale_and_enqueue($1)", sale),
            Throws.TypeOf<PostgresException>().With.Message.Contain("sale_already_confirmed_or_canceled"));
    }

    [Test]
    public void A_missing_sale_is_refused() =>
        Assert.That(
            async () => await _database.ExecuteAsync("select confirm_sale_and_enqueue($1)", Guid.NewGuid()),
            Throws.TypeOf<PostgresException>().With.Message.Contain("sale_not_found"));

    private Task<Guid> AddSaleAsync() => _database.ScalarAsync<Guid>(
        """
        with conversation as (
            insert into conversations (site_id, primary_source) values ($1, '{"gclid":"g-1","wbraid":"w-1"}') returning id
        )
        insert into sales (site_id, conversation_id, occurred_at, amount_cents, currency)
        select $1, c.id, now() - interval '2 days', 1999, 'EUR' from conversation c
        returning id
        """, _site);
}
