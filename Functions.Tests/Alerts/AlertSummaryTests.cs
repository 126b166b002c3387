using System.Text.Json;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Alerts;

/// <summary>What befalls many sites at once is one message, and so is its end.</summary>
internal sealed class AlertSummaryTests : AlertScenario
{
    [TestCase("standard")]
    [TestCase("slack")]
    [TestCase("teams")]
    public async Task More_than_ten_sites_are_told_in_one_message_of_each_form(string format)
    {
        await SitesInNeedAsync(12, "Şişli*Clinic");
        await using var worker = NewAlerting(("Alerts:Format", format));

        await TellAsync(worker);
        await TellAsync(worker);

        var (_, body) = Receiver.Got.Single();
        using var json = JsonDocument.Parse(body);
        var text = format switch
        {
            "slack" => json.RootElement.GetProperty("blocks")[0].GetProperty("text").GetProperty("text"),
            "teams" => json.RootElement.GetProperty("attachments")[0].GetProperty("content").GetProperty("body")[0].GetProperty("inlines")[0].GetProperty("text"),
            _ => json.RootElement.GetProperty("data").GetProperty("text"),
        };
        Assert.That(text.GetString(), Does.StartWith("OpsMantik: 12 sites need a person: 12 no credentials. Şişli*Clinic").And.EndsWith(") and others. All: opsmantik status"));
        Assert.That(await OpenAsync(), Is.EqualTo("12 12"), "all of them are told");
    }

    [Test]
    public async Task Two_thousand_sites_are_one_message_whoever_finds_them_and_one_more_when_they_are_mended()
    {
        await SitesInNeedAsync(2_000, null);
        await using var one = NewAlerting();
        await using var other = NewAlerting();

        await Task.WhenAll(Enumerable.Range(0, 6).Select(n => TellAsync(n % 2 == 0 ? one : other)));
        await TellAsync(other);
        await Database.ExecuteAsync("delete from offline_conversion_queue");
        await Task.WhenAll(TellAsync(one), TellAsync(other));
        await TellAsync(one);

        Assert.That(Types(), Is.EqualTo(new[] { "sites.need_person", "sites.mended" }));
        using var first = JsonDocument.Parse(Receiver.Got[0].Body);
        var data = first.RootElement.GetProperty("data");
        Assert.That(
            (data.GetProperty("sites").GetInt32(), data.GetProperty("kinds").GetProperty("NO_CREDENTIALS").GetInt32(), data.GetProperty("first").GetArrayLength()),
            Is.EqualTo((2_000, 2_000, 5)));
        Assert.That(Receiver.Got[1].Body, Does.Contain("2,000 sites are mended: 2,000 no credentials"));
        Assert.That(await OpenAsync(), Is.EqualTo("0 0"));
    }

    [Test]
    public async Task A_summary_that_was_not_taken_is_the_same_message_when_it_is_sent_again()
    {
        Receiver.Answer = call => Task.FromResult(call == 1 ? 500 : 200);
        await SitesInNeedAsync(11, null);
        await using var worker = NewAlerting();

        await TellAsync(worker);
        await TellAsync(worker);
        Assert.That((Receiver.Got.Count, await OpenAsync()), Is.EqualTo((1, "11 0")), "none is told, and none is tried by itself");
        await MakeAlertsDueAsync();
        await TellAsync(worker);

        Assert.That(Receiver.Got, Has.Count.EqualTo(2));
        Assert.That(Receiver.Got[1].Headers["webhook-id"], Is.EqualTo(Receiver.Got[0].Headers["webhook-id"]));
        Assert.That(await OpenAsync(), Is.EqualTo("11 11"));
    }

    [Test]
    public async Task Ten_are_told_one_by_one_and_a_late_job_before_all_others()
    {
        await SitesInNeedAsync(10, null);
        await Database.ExecuteAsync("insert into worker_ticks (job, ended_at) values ('upload', now() - interval '1 hour')");
        await using var worker = NewAlerting();

        await TellAsync(worker);

        Assert.That(Types(), Is.EqualTo((string[])["job.late", .. Enumerable.Repeat("site.needs_person", 10)]));
    }

    private async Task SitesInNeedAsync(int count, string? name)
    {
        var sites = await Database.AddSitesAsync(count);
        if (name is not null)
        {
            await Database.ExecuteAsync("alter table sites add column name text; grant select on sites to service_role");
            await Database.ExecuteAsync("update sites set name = $1", name);
        }

        await Database.ExecuteAsync(
            """
            with sold as (
                insert into sales (id, site_id, occurred_at, amount_cents, status)
                select gen_random_uuid(), s.id, now() - interval '2 days', 12345, 'CONFIRMED' from unnest($1) as s (id)
                returning id, site_id
            )
            insert into offline_conversion_queue (site_id, sale_id, gclid, conversion_time, value_cents)
            select s.site_id, s.id, 'click', now() - interval '2 days', 12345 from sold s
            """, sites);
    }

    private Task<string?> OpenAsync() => Database.ScalarAsync<string>(
        "select count(*) || ' ' || count(told_at) from operator_alerts where closed_at is null");
}
