using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Queue;

/// <summary>The circuit's state machine, in the SQL functions that every worker shares.</summary>
internal sealed class CircuitFunctionsTests
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
    public async Task Five_transient_failures_in_a_row_open_and_four_do_not()
    {
        for (var i = 0; i < 4; i++)
            await TransientFailureAsync();
        var afterFour = await StateAsync();
        await TransientFailureAsync();

        Assert.That((afterFour, await StateAsync()), Is.EqualTo(("CLOSED 4", "OPEN 5")));
    }

    [Test]
    public async Task A_success_between_starts_the_count_anew()
    {
        for (var i = 0; i < 4; i++)
            await TransientFailureAsync();
        await SuccessAsync();
        for (var i = 0; i < 4; i++)
            await TransientFailureAsync();

        Assert.That(await StateAsync(), Is.EqualTo("CLOSED 4"));
    }

    [Test]
    public async Task The_probe_comes_after_5_minutes_and_a_random_minute()
    {
        var waits = new List<double>();
        for (var i = 0; i < 20; i++)
        {
            _site = await _database.AddSiteAsync();
            await _database.SetCircuitAsync(_site, "CLOSED", failures: 4);
            await TransientFailureAsync();
            waits.Add(await _database.ScalarAsync<double>(
                "select extract(epoch from next_probe_at - opened_at)::float8 from provider_health_state where site_id = $1",
                _site));
        }

        Assert.That(waits, Is.All.InRange(300, 360));
        Assert.That(waits, Is.Unique);
    }

    [Test]
    public async Task A_late_failure_does_not_postpone_the_probe_of_an_open_circuit()
    {
        await _database.SetCircuitAsync(_site, "OPEN", "'2030-01-01'", failures: 5);
        await TransientFailureAsync();

        Assert.That(
            await _database.ScalarAsync<bool>("select next_probe_at = '2030-01-01' from provider_health_state"), Is.True);
    }

    [TestCase("OPEN")]
    [TestCase("HALF_OPEN")]
    [TestCase("CLOSED")]
    public async Task Permanent_failures_neither_count_nor_open_nor_close(string state)
    {
        await _database.SetCircuitAsync(_site, state, failures: 4);
        for (var i = 0; i < 10; i++)
            await OutcomeAsync(success: false, transient: false);

        Assert.That(await StateAsync(), Is.EqualTo($"{state} 4"));
    }

    [TestCase("OPEN")]
    [TestCase("HALF_OPEN")]
    public async Task Any_success_closes_and_resets(string state)
    {
        await _database.SetCircuitAsync(_site, state, "now()", failures: 5);
        await SuccessAsync();

        Assert.That(await StateAsync(), Is.EqualTo("CLOSED 0"));
        Assert.That(
            await _database.ScalarAsync<bool>(
                "select next_probe_at is null and opened_at is null from provider_health_state"), Is.True);
    }

    [Test]
    public async Task A_probe_that_fails_leaves_the_circuit_open_since_it_opened()
    {
        await _database.SetCircuitAsync(_site, "HALF_OPEN", "now()", failures: 5);
        await _database.ExecuteAsync("update provider_health_state set opened_at = '2020-01-01'");

        await TransientFailureAsync();

        Assert.That(
            await _database.ScalarAsync<bool>(
                "select state = 'OPEN' and opened_at = '2020-01-01' and next_probe_at > now() from provider_health_state"),
            Is.True);
    }

    [Test]
    public async Task One_failure_of_a_probe_opens_again()
    {
        await _database.SetCircuitAsync(_site, "HALF_OPEN", "now()", failures: 1);
        await TransientFailureAsync();

        Assert.That(await StateAsync(), Is.EqualTo("OPEN 2"));
    }

    [Test]
    public async Task Other_sites_do_not_notice()
    {
        var other = await _database.AddSiteAsync();
        await _database.SetCircuitAsync(other, "CLOSED");
        for (var i = 0; i < 6; i++)
            await TransientFailureAsync();

        Assert.That(
            await _database.ScalarAsync<string>("select state::text from provider_health_state where site_id = $1", other),
            Is.EqualTo("CLOSED"));
    }

    [Test]
    public async Task An_operator_can_ask_for_a_row_and_for_a_probe()
    {
        var state = await _database.ScalarAsync<string>(
            "select (get_provider_health_state($1, 'google_ads')).state::text", _site);
        await _database.ExecuteAsync("select set_provider_state_half_open($1, 'google_ads')", _site);

        Assert.That((state, await StateAsync()), Is.EqualTo(("CLOSED", "HALF_OPEN 0")));
    }

    [Test]
    public async Task Negative_counter_deltas_count_as_nothing()
    {
        foreach (var delta in (long[])[3, -2])
        {
            await _database.ExecuteAsync(
                "select increment_provider_upload_metrics($1, 'google_ads', $2, $2, $2, $2)", _site, delta);
        }

        Assert.That(
            await _database.ScalarAsync<string>(
                "select concat_ws(' ', attempts_total, completed_total, failed_total, retry_total) from provider_upload_metrics"),
            Is.EqualTo("3 3 3 3"));
    }

    private Task<int> SuccessAsync() => OutcomeAsync(success: true, transient: false);

    private Task<int> TransientFailureAsync() => OutcomeAsync(success: false, transient: true);

    private Task<int> OutcomeAsync(bool success, bool transient) => _database.ExecuteAsync(
        "select record_provider_outcome($1, 'google_ads', $2, $3)", _site, success, transient);

    private Task<string?> StateAsync() => _database.ScalarAsync<string>(
        "select concat_ws(' ', state, failure_count) from provider_health_state where site_id = $1", _site);
}
