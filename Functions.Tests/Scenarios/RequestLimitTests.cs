using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Scenarios;

/// <summary>Several workers on one database, which send for one Google Cloud project.</summary>
internal sealed class RequestLimitTests : Scenario
{
    private const int Limit = 20;
    private const int Sites = 50;

    [Test]
    public async Task Together_they_send_what_the_minute_takes_and_the_rest_waits_unspent()
    {
        // Google would refuse one more.
        Google.RequestsPerMinute = Limit;
        for (var number = 1; number <= Sites; number++)
        {
            var site = await Database.AddSiteAsync();
            await Database.AddCredentialsAsync(Worker.Vault, site, CustomerId(number), uploadApi: "data_manager");
            await Database.EnqueueAsync(site, 1, $"click-{number}");
        }

        var workers = Enumerable.Range(0, 4)
            .Select(_ => NewWorker(("DataManager:RequestsPerMinute", $"{Limit}"), ("DataManager:LimitWait", "00:00:05"))).ToArray();
        await Database.StayInMinuteAsync();
        var summaries = await Task.WhenAll(workers.Select(worker => worker.UploadAsync(limit: Sites / workers.Length + 1)));
        // What a claim passed over because another was at it.
        var rest = await workers[0].UploadAsync();
        foreach (var worker in workers)
            await worker.DisposeAsync();

        var submitted = summaries.Append(rest).Sum(summary => summary.Submitted);
        Assert.Multiple(async () =>
        {
            // A worker that ended with a part of its lease took that with it.
            Assert.That(submitted, Is.InRange(Limit - workers.Length * (Limit / 10 - 1), Limit));
            Assert.That(
                await Database.ScalarAsync<string>(
                    """
                    select string_agg(g.line, ' ' order by g.line)
                    from (
                        select concat_ws('/', q.status, q.provider_error_code, q.retry_count) || ':' || count(*) as line
                        from offline_conversion_queue q
                        group by q.status, q.provider_error_code, q.retry_count
                    ) g
                    """),
                Is.EqualTo($"RETRY/LOCAL_RATE_LIMIT/0:{Sites - submitted} SUBMITTED/0:{submitted}"));
        });
    }
}
