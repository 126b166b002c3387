using Npgsql;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Operations;

internal sealed class CircuitControlTests : Scenario
{
    private const string Provider = "google_ads";

    private NpgsqlDataSource _source = null!;
    private CircuitControl _control = null!;

    [SetUp]
    public void Arrange()
    {
        _source = NpgsqlDataSource.Create(Database.OperatorConnectionString);
        _control = new CircuitControl(_source);
    }

    [TearDown]
    public async Task CleanAsync() => await _source.DisposeAsync();

    [Test]
    public async Task An_isolated_site_uploads_nothing_until_it_is_closed_and_then_at_once()
    {
        var (site, neighbour) = (await AddSiteAsync(1), await AddSiteAsync(2));
        await Database.EnqueueAsync(site, 3, "a");
        await Database.EnqueueAsync(neighbour, 3, "b");
        await using var worker = NewWorker();

        Assert.That(await _control.IsolateAsync(site, Provider, "ops", CancellationToken.None), Is.Zero);
        await worker.UploadAsync();
        await worker.UploadAsync();

        Assert.That(await RowsAsync(site), Is.EqualTo("QUEUED:3"));
        Assert.That(await RowsAsync(neighbour), Is.EqualTo("COMPLETED:3"));
        var shown = (await _control.ListAsync(Provider, null, CancellationToken.None)).Single();
        Assert.That((shown.State, shown.Isolated, shown.NextProbeAt), Is.EqualTo(("OPEN", true, (DateTime?)null)));

        Assert.That(await _control.CloseAsync(site, Provider, "ops", CancellationToken.None), Is.EqualTo(3));
        await worker.UploadAsync();

        Assert.That(await RowsAsync(site), Is.EqualTo("COMPLETED:3"));
        Assert.That(
            await Database.ScalarAsync<string>("select string_agg(action || ':' || row_count, ' ' order by id) from operator_audit"),
            Is.EqualTo("circuit isolate:1 circuit close:3"));
    }

    [Test]
    public async Task Rows_that_a_claim_holds_back_for_a_day_at_the_moment_of_the_close_are_freed()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 3);
        await _control.IsolateAsync(site, Provider, "ops", CancellationToken.None);
        await using var claim = await _source.OpenConnectionAsync();
        await using var transaction = await claim.BeginTransactionAsync();
        await using var defer = new NpgsqlCommand(Claim.DeferSql, claim);
        defer.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Provider });
        defer.Parameters.Add(new NpgsqlParameter<int> { TypedValue = 10_000 });
        Assert.That(await defer.ExecuteNonQueryAsync(), Is.EqualTo(3));

        var close = _control.CloseAsync(site, Provider, "ops", CancellationToken.None);
        await Task.WhenAny(close, Task.Delay(TimeSpan.FromSeconds(1)));
        await transaction.CommitAsync();

        Assert.That(await close, Is.EqualTo(3));
        Assert.That(
            await Database.ScalarAsync<long>("select count(*) from offline_conversion_queue where next_retry_at is null"), Is.EqualTo(3));
    }

    [Test]
    public async Task The_circuit_that_a_deleted_site_left_can_be_closed_and_one_that_never_was_cannot()
    {
        var gone = Guid.NewGuid();
        await Database.SetCircuitAsync(gone, "OPEN", "'infinity'");

        Assert.That(await _control.CloseAsync(gone, Provider, "ops", CancellationToken.None), Is.Zero);
        Assert.That(await _control.CloseAsync(Guid.NewGuid(), Provider, "ops", CancellationToken.None), Is.Null);

        Assert.That(await _control.ListAsync(Provider, null, CancellationToken.None), Is.Empty);
    }

    [Test]
    public async Task More_held_rows_than_a_chunk_are_freed()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 45_000);
        await Database.ExecuteAsync(
            "update offline_conversion_queue set last_error = 'CIRCUIT_OPEN', next_retry_at = now() + interval '1 hour'");

        Assert.That(await _control.CloseAsync(site, Provider, "ops", CancellationToken.None), Is.EqualTo(45_000));

        Assert.That(await Database.ScalarAsync<long>("select count(*) from offline_conversion_queue where next_retry_at is null"), Is.EqualTo(45_000));
        Assert.That(await Database.ScalarAsync<string>("select string_agg(action || ':' || row_count, ' ') from operator_audit"), Is.EqualTo("circuit close:45000"));
    }

    [Test]
    public async Task A_success_that_was_in_flight_does_not_close_what_a_person_isolated()
    {
        var site = await AddSiteAsync(1);
        await _control.IsolateAsync(site, Provider, "ops", CancellationToken.None);

        await Database.ExecuteAsync("select record_provider_outcome($1, $2, true, false)", site, Provider);

        var shown = (await _control.ListAsync(Provider, site, CancellationToken.None)).Single();
        Assert.That((shown.State, shown.Isolated), Is.EqualTo(("OPEN", true)));
    }

    [Test]
    public async Task A_circuit_opened_by_hand_lets_a_probe_pass_when_its_time_has_come()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 8);
        await using var worker = NewWorker();

        await _control.OpenAsync(site, Provider, "ops", CancellationToken.None);
        await worker.UploadAsync();
        Assert.That(await RowsAsync(site), Is.EqualTo("QUEUED:8"));

        await Database.ExecuteAsync("update provider_health_state set next_probe_at = now()");
        await MakeDueAsync();
        await worker.UploadAsync();

        Assert.That(await RowsAsync(site), Is.EqualTo("COMPLETED:5 QUEUED:3"));
        Assert.That(await _control.ListAsync(Provider, null, CancellationToken.None), Is.Empty, "the probe closed it");
    }

    [Test]
    public async Task Rows_of_an_isolated_site_wait_a_day_at_a_time_so_that_none_waits_for_ever_and_few_are_written()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 3);
        await using var worker = NewWorker();
        await _control.IsolateAsync(site, Provider, "ops", CancellationToken.None);

        await worker.UploadAsync();
        var held = await HeldAsync();
        await worker.UploadAsync();
        Assert.That(await HeldAsync(), Is.EqualTo(held), "no claim touches them while their day lasts");
        Assert.That(
            await Database.ScalarAsync<double>(
                "select extract(epoch from max(next_retry_at) - now())::float8 from offline_conversion_queue"),
            Is.EqualTo(86_400).Within(60));

        await MakeDueAsync();
        await worker.UploadAsync();
        Assert.That(await RowsAsync(site), Is.EqualTo("QUEUED:3"), "held for another day");

        // Closed by a probe after circuit open, say, and not by circuit close.
        await Database.ExecuteAsync("update provider_health_state set state = 'CLOSED', next_probe_at = null");
        await MakeDueAsync();
        await worker.UploadAsync();
        Assert.That(await RowsAsync(site), Is.EqualTo("COMPLETED:3"));

        Task<string?> HeldAsync() => Database.ScalarAsync<string>(
            "select string_agg(last_error || next_retry_at || updated_at, ' ' order by id) from offline_conversion_queue");
    }

    [Test]
    public async Task Rows_that_an_isolation_held_do_not_miss_the_probe_after_circuit_open()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 3);
        await using var worker = NewWorker();
        await _control.IsolateAsync(site, Provider, "ops", CancellationToken.None);
        await worker.UploadAsync();

        await _control.OpenAsync(site, Provider, "ops", CancellationToken.None);
        await worker.UploadAsync();

        Assert.That(
            await Database.ScalarAsync<double>(
                "select extract(epoch from max(next_retry_at) - now())::float8 from offline_conversion_queue"),
            Is.EqualTo(315).Within(30));
    }

    [Test]
    public async Task The_circuit_of_a_site_that_is_gone_can_be_closed()
    {
        var site = await AddSiteAsync(1);
        await _control.IsolateAsync(site, Provider, "ops", CancellationToken.None);
        await Database.ExecuteAsync("delete from provider_credentials");
        await Database.ExecuteAsync("delete from sites");

        Assert.That(await _control.CloseAsync(site, Provider, "ops", CancellationToken.None), Is.Zero);
        Assert.That(await _control.ListAsync(Provider, null, CancellationToken.None), Is.Empty);
        Assert.That(
            await Database.ScalarAsync<string>("select string_agg(action, ' ' order by id) from operator_audit"),
            Is.EqualTo("circuit isolate circuit close"));
    }

    [Test]
    public async Task A_site_that_is_not_there_is_named_so()
    {
        var nobody = Guid.NewGuid();

        Assert.That(await _control.OpenAsync(nobody, Provider, "ops", CancellationToken.None), Is.Null);
        Assert.That(await _control.IsolateAsync(nobody, Provider, "ops", CancellationToken.None), Is.Null);
        Assert.That(await _control.CloseAsync(nobody, Provider, "ops", CancellationToken.None), Is.Null);
        Assert.That(await Database.ScalarAsync<long>("select count(*) from operator_audit"), Is.Zero);
    }
}
