using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Hosts;

/// <summary>Runs that callers start over HTTP, and what disturbs them.</summary>
[TestFixtureSource(typeof(HostedWorker), nameof(HostedWorker.Kinds))]
internal sealed class RunTests(HostKind host) : Scenario
{
    [Test]
    public async Task A_run_goes_on_when_its_caller_goes_away()
    {
        Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromSeconds(1)));
        await Database.EnqueueAsync(await AddSiteAsync(1), 5);
        await using var worker = await StartAsync();
        using var caller = new CancellationTokenSource();
        using var request = Upload();
        var answer = worker.Http.SendAsync(request, caller.Token);
        await Eventually.TrueAsync(() => Google.Calls.Count == 1, "a batch in flight");

        await caller.CancelAsync();

        Assert.That(async () => await answer, Throws.InstanceOf<OperationCanceledException>());
        await Eventually.TrueAsync(() => CountAsync("COMPLETED").Result == 5, "all are written back");
        using var again = await worker.PostAsync(Paths.Upload);
        Assert.That(again.StatusCode, Is.EqualTo(HttpStatusCode.OK), "the worker is well");
        Assert.That(Google.EffectCount, Is.EqualTo(5));
    }

    [Test]
    public async Task What_Google_counted_is_read_by_a_call()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 8);
        await using var worker = await StartAsync(("Reconcile:SettleAfter", "00:00:00"));
        using var uploaded = await worker.PostAsync(Paths.Upload);

        var answers = new List<string>();
        await Database.ExecuteAsync("alter table sites add column name text");
        await Database.ExecuteAsync("update sites set name = 'Cafe Nord' where id = $1", site);
        foreach (var query in new[] { "", "", $"?site={site}", "?site=cafe%20nord", $"?site={$"{site}"[..8]}", "?site=cafe", "?site=%20" })
        {
            using var response = await worker.PostAsync(Paths.Reconcile + query);
            answers.Add($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }

        const string One = """200 {"ok":true,"sites":1,"agree":1,"fewer":0,"not_comparable":0,"unanswered":0,"need_person":0}""";
        const string Unknown = """404 {"ok":false,"error":"no site has this id, name or domain"}""";
        Assert.That(answers, Is.EqualTo((string[])
        [
            One,
            """200 {"ok":true,"sites":0,"agree":0,"fewer":0,"not_comparable":0,"unanswered":0,"need_person":0}""",
            One,
            One,
            One,
            Unknown,
            """400 {"ok":false,"error":"site must be an id, the beginning of one, a name or a domain"}""",
        ]), "whom the run has just asked is left out, but where it is named");

        var other = await Database.AddSiteAsync();
        await Database.ExecuteAsync("update sites set name = 'Cafe Nord' where id = $1", other);
        using var ambiguous = await worker.PostAsync($"{Paths.Reconcile}?site=cafe%20nord");
        Assert.That(ambiguous.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(
            await ambiguous.Content.ReadAsStringAsync(),
            Does.Contain("give the id of one: ").And.Contain($"{site} Cafe Nord").And.Contain($"{other} Cafe Nord"));
    }

    [Test]
    public async Task Two_runs_at_once_share_the_rows()
    {
        Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromMilliseconds(300)));
        for (var number = 1; number <= 6; number++)
            await Database.EnqueueAsync(await AddSiteAsync(number), 5, $"click-{number}");
        await using var worker = await StartAsync();

        var answers = await Task.WhenAll(worker.PostAsync(Paths.Upload + "?limit=20"), worker.PostAsync(Paths.Upload + "?limit=20"));

        var processed = 0;
        foreach (var answer in answers)
        {
            using (answer)
                processed += JsonElement.Parse(await answer.Content.ReadAsStringAsync()).GetProperty("processed").GetInt32();
        }

        Assert.That(processed, Is.EqualTo(30));
        Assert.That(Google.EffectCount, Is.EqualTo(30), "each row once");
    }

    [Test]
    public async Task Stopping_in_the_middle_of_an_upload_answers_its_caller_with_what_was_done()
    {
        Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromSeconds(2)));
        for (var number = 1; number <= 4; number++)
            await Database.EnqueueAsync(await AddSiteAsync(number), 5, $"click-{number}");
        await using var worker = await StartAsync(("Upload:MaxParallelGroups", "1"));
        var run = worker.PostAsync(Paths.Upload + "?limit=20");
        await Eventually.TrueAsync(() => Google.Calls.Count == 1, "a batch in flight");

        await worker.StopAsync();

        using var response = await run;
        Assert.That(
            await response.Content.ReadAsStringAsync(),
            Is.EqualTo("""{"ok":true,"processed":5,"completed":5,"failed":0,"retry":0,"submitted":0,"corrected":0}"""));
        Assert.That(Google.Calls, Has.Count.EqualTo(1), "nothing is sent after the signal");
        Assert.That((await CountAsync("COMPLETED"), await CountAsync("QUEUED")), Is.EqualTo((5L, 15L)));
    }

    [Test]
    public async Task An_unexpected_error_is_answered_with_an_id_that_the_log_has_too_and_no_detail()
    {
        await using var worker = await StartAsync();
        await Database.ExecuteAsync("alter table offline_conversion_queue rename column claimed_at to renamed_at");

        using var response = await worker.PostAsync(Paths.Recover);

        var answer = JsonElement.Parse(await response.Content.ReadAsStringAsync());
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.InternalServerError));
        Assert.That(answer.EnumerateObject().Select(field => field.Name), Is.EqualTo(new[] { "ok", "error", "correlation_id" }));
        Assert.That(answer.GetProperty("error").GetString(), Is.EqualTo("internal error"));
        var id = answer.GetProperty("correlation_id").GetString()!;
        Assert.That(id, Does.Match("^[0-9a-f]{32}$"));
        await Eventually.TrueAsync(
            () => worker.Logs.Any(line => line.Contains(id) && line.Contains("PostgresException")), "logged with its id");
    }

    private Task<HostedWorker> StartAsync(params IEnumerable<(string Name, string? Value)> settings) => HostedWorker.StartAsync(
        host,
        [("ConnectionStrings:OpsMantik", Database.WorkerConnectionString),
            ("GoogleAds:BaseAddress", Google.BaseAddress.ToString()),
            ("GoogleAds:TokenUri", Google.TokenUri.ToString()),
            .. settings]);

    private static HttpRequestMessage Upload()
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Paths.Upload);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", HostedWorker.Secret);
        return request;
    }

    private Task<long> CountAsync(string status) =>
        Database.ScalarAsync<long>("select count(*) from offline_conversion_queue where status = $1", status);
}
