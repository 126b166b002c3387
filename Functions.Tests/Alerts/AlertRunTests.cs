using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Alerts;
using OpsMantik.Core.Runs;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Alerts;

/// <summary>Workers that tell a real receiver what needs a person.</summary>
internal sealed class AlertRunTests : AlertScenario
{
    [Test]
    public async Task A_site_is_told_of_once_by_however_many_workers_and_once_more_when_it_is_mended()
    {
        var site = await RevokedSiteAsync();
        await using var one = NewAlerting();
        await using var other = NewAlerting();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(n => TellAsync(n % 2 == 0 ? one : other)));
        await TellAsync(one);
        await Database.ExecuteAsync("delete from offline_conversion_queue where site_id = $1", site);
        await Task.WhenAll(TellAsync(one), TellAsync(other));
        await TellAsync(other);

        Assert.That(Types(), Is.EqualTo(new[] { "site.needs_person", "site.mended" }));
        using var first = JsonDocument.Parse(Receiver.Got[0].Body);
        var data = first.RootElement.GetProperty("data");
        Assert.That((data.GetProperty("site_id").GetGuid(), data.GetProperty("kind").GetString(), data.GetProperty("rows").GetInt64()), Is.EqualTo((site, "REVOKED", 2L)));
        Assert.That(data.GetProperty("text").GetString(), Does.Contain("credentials refused, 2 rows. INVALID_GRANT:").And.EndWith($" Who: site owner. Next: opsmantik credentials connect --site {site} --requeue"));
        Assert.That(Receiver.Got.Select(got => got.Headers["webhook-id"].ToString()), Is.Unique);
    }

    [Test]
    public async Task A_message_is_signed_over_its_id_its_time_and_its_body()
    {
        await RevokedSiteAsync();
        await using var worker = NewAlerting();
        await TellAsync(worker);

        // As a receiver checks it, by the specification alone.
        var (headers, body) = Receiver.Got.Single();
        var signed = $"{headers["webhook-id"]}.{headers["webhook-timestamp"]}.{body}";
        using var hmac = new HMACSHA256(Convert.FromBase64String(Key));
        Assert.That(headers["webhook-signature"].ToString(), Is.EqualTo("v1," + Convert.ToBase64String(hmac.ComputeHash(Encoding.UTF8.GetBytes(signed)))));
        Assert.That(
            DateTimeOffset.FromUnixTimeSeconds(long.Parse(headers["webhook-timestamp"]!)), Is.EqualTo(TimeProvider.System.GetUtcNow()).Within(TimeSpan.FromMinutes(2)));
    }

    [TestCase(500)]
    [TestCase(302)]
    public async Task What_aReceiver_did_not_take_is_sent_again_under_the_same_id(int status)
    {
        Receiver.Answer = call => Task.FromResult(call == 1 ? status : 200);
        await RevokedSiteAsync();
        await using var worker = NewAlerting();

        await TellAsync(worker);
        await TellAsync(worker);
        var (early, fault) = (Receiver.Got.Count, await worker.Get<AlertStore>().FindFaultAsync(CancellationToken.None));
        await MakeAlertsDueAsync();
        await TellAsync(worker);
        await TellAsync(worker);

        Assert.That(early, Is.EqualTo(1), "it waits before it tries again");
        Assert.That(fault, Does.StartWith("1 wait and 0 were given up").And.Contain($"HTTP {status}"));
        Assert.That(Receiver.Got, Has.Count.EqualTo(2));
        Assert.That(Receiver.Got[1].Headers["webhook-id"], Is.EqualTo(Receiver.Got[0].Headers["webhook-id"]));
        Assert.That(await worker.Get<AlertStore>().FindFaultAsync(CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task AReceiver_that_is_dead_for_a_day_is_given_up_and_shown()
    {
        Receiver.Answer = _ => Task.FromResult(503);
        await RevokedSiteAsync();
        await using var worker = NewAlerting();
        await TellAsync(worker);
        await Database.ExecuteAsync("update operator_alerts set first_failed_at = now() - interval '25 hours'");

        await MakeAlertsDueAsync();
        await TellAsync(worker);
        await MakeAlertsDueAsync();
        await TellAsync(worker);

        Assert.That(Receiver.Got, Has.Count.EqualTo(2), "no more after a day");
        Assert.That(await worker.Get<AlertStore>().FindFaultAsync(CancellationToken.None), Does.StartWith("0 wait and 1 were given up").And.Contain("HTTP 503"));

        Receiver.Answer = _ => Task.FromResult(200);
        await Database.ExecuteAsync("update worker_ticks set ended_at = now() - interval '1 hour' where job = 'upload'");
        await TellAsync(worker);
        Assert.That(Types()[2..], Is.EqualTo(new[] { "job.late", "site.needs_person" }), "what still stands is told once it takes something again");
    }

    [Test]
    public async Task A_need_behind_which_another_came_is_not_called_mended()
    {
        var site = await RevokedSiteAsync();
        await using var worker = NewAlerting();
        await Database.ExecuteAsync(
            """
            insert into operator_alerts (site_id, provider_key, kind, row_count, since, told_at)
            values ($1, 'google_ads', 'PARKED', 1, now() - interval '1 hour', now() - interval '1 hour')
            """, site);

        await TellAsync(worker);
        await TellAsync(worker);

        Assert.That(Types(), Is.EqualTo(new[] { "site.needs_person" }));
    }

    [Test]
    public async Task A_day_of_which_a_tenth_failed_is_told_once_with_what_to_type_and_as_mended_when_the_share_is_down()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 5, "f", "FAILED");
        await Database.ExecuteAsync("update offline_conversion_queue set provider_error_category = 'VALIDATION', provider_error_code = 'CLICK_NOT_FOUND'");
        await CompleteAsync(40);
        await using var one = NewAlerting();
        await using var other = NewAlerting();

        await Task.WhenAll(TellAsync(one), TellAsync(other), TellAsync(one));
        await CompleteAsync(5);
        await TellAsync(other);
        var before = Types();
        await CompleteAsync(1);
        await TellAsync(one);
        Assert.That(Types(), Has.Length.EqualTo(1), "not to and fro at the limit after every run");
        await Database.ExecuteAsync("update operator_alerts set since = since - interval '1 hour'");
        await TellAsync(one);
        await TellAsync(other);

        Assert.That((before, Types()), Is.EqualTo((new[] { "site.needs_person" }, new[] { "site.needs_person", "site.mended" })));
        using var first = JsonDocument.Parse(Receiver.Got[0].Body);
        var data = first.RootElement.GetProperty("data");
        Assert.That(
            (data.GetProperty("kind").GetString(), data.GetProperty("rows").GetInt64(), data.GetProperty("code").GetString(),
                data.GetProperty("who").GetString(), data.GetProperty("command").GetString()),
            Is.EqualTo(("MANY_FAILED", 5L, "CLICK_NOT_FOUND", "operator", $"opsmantik status --site {site}")));
        Assert.That(data.GetProperty("text").GetString(), Does.Contain(": 10 % or more of a day failed, 5 rows. CLICK_NOT_FOUND:").And.EndWith($"Next: opsmantik status --site {site}"));
        Assert.That(Receiver.Got[1].Body, Does.Contain("mended: 10 % or more of a day failed").And.Not.Contain("Next:"));

        Task<int> CompleteAsync(int rows) => Database.ExecuteAsync(
            """
            insert into provider_upload_attempts (site_id, provider_key, batch_id, phase, claimed_count, completed_count, failed_count)
            values ($1, 'google_ads', 'b', 'FINISHED', $2, $2, 0)
            """, site, rows);
    }

    [Test]
    public async Task A_job_that_is_late_is_told_of_by_another_one()
    {
        await using var worker = NewAlerting();
        await Database.ExecuteAsync("insert into worker_ticks (job, ended_at) values ('upload', now() - interval '1 hour'), ('recovery', now())");

        await TellAsync(worker);
        await Database.ExecuteAsync("update worker_ticks set ended_at = now()");
        await TellAsync(worker);

        Assert.That(Types(), Is.EqualTo(new[] { "job.late", "job.mended" }));
        Assert.That(Receiver.Got[0].Body, Does.Contain("job upload: has not run for two of its times"));
    }

    /// <summary>By the order of events, whatever they take: what the receiver sees when it is called.</summary>
    [Test]
    public async Task AReceiver_is_called_when_the_uploads_work_is_written()
    {
        await RevokedSiteAsync();
        await Database.EnqueueAsync(await AddSiteAsync(2), 3);
        var seen = default(string);
        Receiver.Answer = async _ =>
        {
            seen = await Database.ScalarAsync<string>(
                "select count(*) filter (where status = 'COMPLETED') || ' ' || (select count(*) from worker_ticks where job = 'upload') from offline_conversion_queue");
            return 500;
        };
        await using var app = await StartAppAsync();

        var summary = await app.Services.GetRequiredService<WorkerJobs>().Upload(new UploadRequest(), CancellationToken.None);

        await Eventually.TrueAsync(() => seen is not null, "it is called");
        Assert.That((summary.Completed, seen), Is.EqualTo((3, "3 1")));
    }

    [Test]
    public async Task Without_an_address_nothing_is_noted()
    {
        await RevokedSiteAsync();
        await using var worker = NewWorker();

        await TellAsync(worker);

        Assert.That(await Database.ScalarAsync<long>("select count(*) from operator_alerts"), Is.Zero);
    }
}
