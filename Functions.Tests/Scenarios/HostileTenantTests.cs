using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Scenarios;

/// <summary>
/// One site writes the worst that the table takes, and far too much of it. Its neighbours' rows all go out, and nothing of one site is
/// sent with the account of another.
/// </summary>
internal sealed class HostileTenantTests : Scenario
{
    private const int Worst = 200;
    private const int AtOnce = 10_000;
    private const int Neighbours = 5;
    private const int RowsOfNeighbour = 40;

    private static readonly string[] Rows =
    [
        "payload = jsonb_build_object('x', (select string_agg(md5(n::text), '') from generate_series(1, 320000) n))",
        "payload = jsonb_build_object('x', repeat('x', 10000000)), user_identifiers = jsonb_build_object('x', repeat('x', 10000000))",
        "gclid = repeat('g', 10000000), gbraid = repeat('b', 10000000), wbraid = repeat('w', 10000000), currency = repeat('T', 1000000)",
        "payload = ('[' || repeat('1e131071,', 70000) || '1]')::jsonb",
        // Few bytes, and half a gigabyte of text each: a claim that wrote it out would not end in time.
        "payload = ('[' || repeat('1e131071,', 4000) || '1]')::jsonb",
        "payload = ('{\"x\":[' || repeat('-1e131071,', 4000) || '1]}')::jsonb, user_identifiers = ('[' || repeat('1e131071,', 4000) || '1]')::jsonb",
        "payload = ('{\"order_id\":[' || repeat('1e131070,', 4000) || '1]}')::jsonb",
        "payload = ('{\"x\":[' || repeat('1.' || repeat('0', 16000) || ',', 70) || '1]}')::jsonb",
        "payload = ('{\"order_id\":' || repeat('[', 5000) || repeat(']', 5000) || '}')::jsonb",
        "payload = '{\"value_cents\":1e131071,\"currency\":\"TRY\"}'",
        "value_cents = 9223372036854775807, conversion_time = '294276-12-31'",
        "value_cents = -9223372036854775808, conversion_time = '-infinity', created_at = 'infinity'",
        "gclid = E'\\u001b[2J\\u0007\\u202e\\u2028\\r\\nFORGED log line', currency = E'\\u001b[1m'",
        "gclid = '''; drop table offline_conversion_queue; --', payload = '{\"order_id\":\"''); delete from sales; --\"}'",
        "gclid = '<script>alert(1)</script>', payload = '{\"order_id\":\"<img src=x onerror=alert(1)>\"}'",
        "gclid = E'\\u00c3\\u0028\\ufffd\\ufeff', payload = '{\"order_id\":\"\\u0001\\u200b\\u202e\"}'",
        "gclid = '../../customers/0000000002/conversionActions/456', payload = '{\"customer_id\":\"0000000002\",\"site_id\":\"x\"}'",
        "payload = '{\"click_ids\":{\"gclid\":\"a\\r\\nHost: evil\"},\"consent\":[[[]]],\"conversion_time\":\"9999-12-31T23:59:59.999999999Z\"}'",
        "retry_count = 2147483647, claim_count = 2147483647",
        "user_identifiers = ('[' || repeat('{\"type\":\"hashed_email\",\"value\":\"x\"},', 3000) || '1]')::jsonb",
        "gclid = null, user_identifiers = '\"text\"', payload = 'null'",
        "payload = ('{' || rtrim(repeat('\"a\":1,', 20000), ',') || '}')::jsonb",
        "payload = ('{\"' || repeat('k', 60000) || '\":\"\\u001b\"}')::jsonb",
    ];

    [TestCase(null)]
    [TestCase("data_manager")]
    public async Task One_site_writes_the_worst_and_its_neighbours_rows_all_go_out(string? api)
    {
        var hostile = await Database.AddSiteAsync();
        await Database.AddCredentialsAsync(Worker.Vault, hostile, CustomerId(1), "CANARY-refresh-1", api);
        var worst = await Database.EnqueueAsync(hostile, Worst, "hostile-1");
        foreach (var (row, index) in worst.Select((row, index) => (row, index)))
            await Database.ExecuteAsync($"update offline_conversion_queue set {Rows[index % Rows.Length]} where id = $1", row);
        await Database.EnqueueAsync(hostile, AtOnce, "hostile-2");
        List<Guid> neighbours = [];
        for (var number = 2; number <= Neighbours + 1; number++)
        {
            neighbours.Add(await Database.AddSiteAsync());
            await Database.AddCredentialsAsync(Worker.Vault, neighbours[^1], CustomerId(number), $"CANARY-refresh-{number}", api);
            await Database.EnqueueAsync(neighbours[^1], RowsOfNeighbour, $"neighbour-{number}");
        }

        // Its second site has a neighbour's credential.
        var thief = await Database.AddSiteAsync();
        await Database.EnqueueAsync(thief, 3, "hostile-3");
        await Database.ExecuteAsync(
            """
            insert into provider_credentials (site_id, provider_key, encrypted_payload, key_fingerprint)
            select $1, provider_key, encrypted_payload, key_fingerprint from provider_credentials where site_id = $2
            """,
            thief, neighbours[0]);

        await using var worker = NewWorker();
        await worker.UploadAsync();

        var (done, open) = api is null ? ("COMPLETED", "^$") : ("SUBMITTED", "^$");
        foreach (var neighbour in neighbours)
            Assert.That(await RowsAsync(neighbour), Is.EqualTo($"{done}:{RowsOfNeighbour}"));
        Assert.That(
            await Database.ScalarAsync<string>("select string_agg(distinct status, ' ') from offline_conversion_queue where status in ('QUEUED', 'PROCESSING')"),
            Is.Null.Or.Match(open), "nothing is left over");
        Assert.That(
            await Database.ScalarAsync<long>(
                "select count(*) from offline_conversion_queue where site_id = $1 and id <> all ($2) and status = $3", hostile, worst, done),
            Is.EqualTo(AtOnce), "its own good rows go out too");
        Assert.That(await RowsAsync(hostile), Does.Contain("FAILED/PAYLOAD_TOO_LARGE:"));
        Assert.That(await RowsAsync(thief), Is.EqualTo("FAILED/CREDENTIAL_NOT_OF_THIS_SITE:3"));
        AssertApart();
        Assert.That(
            await Database.ScalarAsync<string>(
                $"select last_error from offline_conversion_queue where last_error ~ E'[\\u0001-\\u001f\\u007f-\\u009f\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u2069\\ufeff]' limit 1"),
            Is.Null);
        Assert.That(worker.Logs.Where(line => line.Any(letter => char.IsControl(letter)) || line.Contains('\u202e')), Is.Empty);
        Assert.That(worker.Logs, Has.None.Contains("hostile-").And.None.Contains("neighbour-"), "click ids are not logged");
        Assert.That(worker.Logs, Has.None.Contains(CustomerId(2)), "nor are customer ids");
    }

    /// <summary>What the tests look through afterwards would not fit into the memory of a server.</summary>
    [TearDown]
    public Task ForgetAsync() => Database.ExecuteAsync(
        "update offline_conversion_queue set payload = '{}', user_identifiers = null where pg_column_size(payload) > 100 or user_identifiers is not null");

    /// <summary>How long neighbours take, alone and beside it. For a quiet machine; it prints, and asserts no time.</summary>
    [TestCase(0, 0)]
    [TestCase(Worst, 0)]
    [TestCase(Worst, AtOnce)]
    [Explicit("prints times")]
    public async Task The_neighbours_time(int worst, int atOnce)
    {
        List<double> seconds = [];
        for (var round = 0; round < 5; round++)
        {
            var hostile = await AddSiteAsync(1);
            foreach (var (row, index) in (worst == 0 ? [] : await Database.EnqueueAsync(hostile, worst, "hostile-1")).Select((row, index) => (row, index)))
                await Database.ExecuteAsync($"update offline_conversion_queue set {Rows[index % Rows.Length]} where id = $1", row);
            if (atOnce > 0)
                await Database.EnqueueAsync(hostile, atOnce, "hostile-2");
            for (var number = 2; number <= 11; number++)
                await Database.EnqueueAsync(await AddSiteAsync(number), 500, $"neighbour-{number}");
            await Database.ExecuteAsync("vacuum analyze");
            await using var worker = NewWorker();
            var started = await Database.ScalarAsync<DateTime>("select clock_timestamp()");
            await worker.UploadAsync();
            seconds.Add(await Database.ScalarAsync<double>(
                "select extract(epoch from max(uploaded_at) - $1)::float8 from offline_conversion_queue where gclid like 'neighbour-%' and status = 'COMPLETED'", started));
            await Database.ExecuteAsync("delete from offline_conversion_queue");
            await Database.ExecuteAsync("truncate provider_credentials, provider_health_state");
        }

        TestContext.Out.WriteLine($"worst {worst}, at once {atOnce}: {string.Join(' ', seconds.Select(each => each.ToString("F2", System.Globalization.CultureInfo.InvariantCulture)))} s");
    }

    /// <summary>Each account got its own site's clicks only, by its own token.</summary>
    private void AssertApart()
    {
        var calls = Google.Calls.Select(call => (Account: call.CustomerId, call.Body))
            .Concat(Google.IngestCalls.Select(call => (Account: AccountOf(call.Body), call.Body))).ToList();
        Assert.That(calls, Is.Not.Empty);
        Assert.Multiple(() =>
        {
            foreach (var (account, body) in calls)
            {
                var number = int.Parse(account, System.Globalization.CultureInfo.InvariantCulture);
                Assert.That(body.Contains("neighbour-", StringComparison.Ordinal), Is.EqualTo(number > 1), account);
                Assert.That(body.Contains("\"hostile-", StringComparison.Ordinal) && number > 1, Is.False, account);
                for (var other = 2; other <= Neighbours + 1; other++)
                    Assert.That(other != number && body.Contains($"neighbour-{other}-", StringComparison.Ordinal), Is.False, account);
            }
        });
    }

    private static string AccountOf(string body)
    {
        using var json = System.Text.Json.JsonDocument.Parse(body);
        return json.RootElement.GetProperty("destinations")[0].GetProperty("operatingAccount").GetProperty("accountId").GetString()!;
    }
}
