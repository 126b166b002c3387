using System.Net;
using System.Net.Http.Json;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Functions.Hosting;

internal sealed class TimerInvocationTests
{
    private static readonly string[] Timers =
    [
        FunctionNames.ProcessOfflineConversionsTimer, FunctionNames.RecoverProcessingTimer,
        FunctionNames.ConfirmUploadsTimer,
    ];

    private TestDatabase _database = null!;
    private HostDouble _host = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _host = await HostDouble.StartAsync(
            ("ConnectionStrings:OpsMantik", _database.WorkerConnectionString),
            ("AzureWebJobs:RecoverProcessingTimer:Disabled", "true"));
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Test]
    public async Task Every_timer_runs_in_every_shape_that_the_host_uses_switched_off_or_not(
        [ValueSource(nameof(Timers))] string timer,
        [Values(Invocations.WithoutStatus, Invocations.PastDue, Invocations.AsText, Invocations.EmptyText)] string body)
    {
        using var response = await _host.InvokeAsync(timer, body);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(Invocations.Answer));
    }

    [Test]
    public async Task A_timer_does_its_job()
    {
        var site = await _database.AddSiteAsync();
        await _database.EnqueueAsync(site, 2, status: "PROCESSING");
        await _database.ExecuteAsync(
            "update offline_conversion_queue set claimed_at = now() - interval '1 hour' where site_id = $1", site);

        using var response = await _host.InvokeAsync(FunctionNames.RecoverProcessingTimer, Invocations.WithoutStatus);

        Assert.That(
            await _database.ScalarAsync<long>(
                "select count(*) from offline_conversion_queue where site_id = $1 and status = 'PROCESSING'", site),
            Is.Zero);
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("[]")]
    [TestCase("""{"input":""}""")]
    [TestCase("""{"Data":{}}""")]
    [TestCase("""{"Data":"timer"}""")]
    [TestCase("""{"Data":{"timer":true}}""")]
    [TestCase("""{"Data":{"timer":"CANARY-no json"}}""")]
    [TestCase("""{"Data":{"timer":"\uD800"}}""")]
    public async Task A_body_that_is_no_invocation_is_refused(string body)
    {
        using var response = await _host.InvokeAsync(FunctionNames.ProcessOfflineConversionsTimer, body);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [TestCase("/{0}")]
    [TestCase("//{0}")]
    [TestCase("/%2F{0}")]
    [TestCase("/api/{0}")]
    [TestCase("/api/..%2F{0}")]
    [TestCase("/api/%2e%2e/{0}")]
    [TestCase("/api/health/{0}")]
    public async Task A_request_from_outside_never_reaches_a_timer(string path)
    {
        using var body = JsonContent.Create(new { Data = new { timer = new { } } });

        using var response = await _host.ForwardAsync(
            HttpMethod.Post, string.Format(null, path, FunctionNames.ConfirmUploadsTimer), RunningApp.Secret, body);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [TestCase("processofflineconversionstimer")]
    [TestCase(FunctionNames.ProcessOfflineConversions)]
    [TestCase("Host")]
    public async Task Only_a_timers_own_name_is_one(string function)
    {
        using var response = await _host.InvokeAsync(function, Invocations.WithoutStatus);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task Without_a_functions_host_a_timers_path_leads_nowhere([ValueSource(nameof(Timers))] string timer)
    {
        await using var app = await RunningApp.StartAsync();
        using var body = new StringContent(Invocations.WithoutStatus);

        using var response = await app.PostAsync($"/{timer}", body);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }
}
