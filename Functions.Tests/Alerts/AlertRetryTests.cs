using OpsMantik.Core.Alerts;

namespace OpsMantik.Functions.Tests.Alerts;

/// <summary>A receiver that says when it wants to be asked again.</summary>
internal sealed class AlertRetryTests : AlertScenario
{
    private const string WaitSql = "select round(extract(epoch from next_attempt_at - now()) / 60)::int from operator_alerts where kind = 'REVOKED'";

    [TestCase(429, "7200", 120)]
    [TestCase(503, "7200", 120)]
    [TestCase(503, "date", 180, Description = "in three hours")]
    [TestCase(429, "10", 1, Description = "sooner than we would: a minute")]
    [TestCase(429, "999999", 1_440, Description = "once more at the end of the day for which it is tried")]
    [TestCase(429, "soon", 1, Description = "no time at all")]
    [TestCase(429, null, 1)]
    [TestCase(500, "7200", 1, Description = "not of this status")]
    public async Task It_is_left_alone_for_so_long(int status, string? after, int minutes)
    {
        Receiver.Answer = _ => Task.FromResult(status);
        Receiver.RetryAfter = after == "date" ? TimeProvider.System.GetUtcNow().AddHours(3).ToString("R") : after;
        await RevokedSiteAsync();
        await using var worker = NewAlerting();

        await TellAsync(worker);

        Assert.That(await Database.ScalarAsync<int>(WaitSql), Is.EqualTo(minutes).Within(1));
    }

    [Test]
    public async Task What_it_wants_does_not_lengthen_the_day_and_is_for_all_that_waits()
    {
        Receiver.Answer = _ => Task.FromResult(429);
        Receiver.RetryAfter = "36000";
        await RevokedSiteAsync();
        await using var worker = NewAlerting();
        await Database.ExecuteAsync(
            """
            insert into operator_alerts (site_id, provider_key, kind, row_count, since, next_attempt_at, first_failed_at, last_error)
            values ('00000000-0000-0000-0000-000000000000', '', 'LATE_UPLOAD', 0, now(), now(), now() - interval '20 hours', 'HTTP 429')
            """);

        await TellAsync(worker, new LateJob("upload", DateTime.UnixEpoch));

        Assert.That(Receiver.Got, Has.Count.EqualTo(1));
        Assert.That(await Database.ScalarAsync<int>(WaitSql), Is.EqualTo(600).Within(1), "not asked meanwhile, though it was due");
        Assert.That(await Database.ScalarAsync<int>(WaitSql.Replace("REVOKED", "LATE_UPLOAD", StringComparison.Ordinal)), Is.EqualTo(240).Within(1), "the day's end");

        await Database.ExecuteAsync("update operator_alerts set next_attempt_at = now(), first_failed_at = now() - interval '1 day' where kind = 'LATE_UPLOAD'");
        await TellAsync(worker, new LateJob("upload", DateTime.UnixEpoch));
        Assert.That(await Database.ScalarAsync<bool>("select given_up_at is not null from operator_alerts where kind = 'LATE_UPLOAD'"), Is.True);
    }
}
