using System.Diagnostics;
using System.Net;
using OpsMantik.Cli.Serve;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Local.Postgres;

namespace OpsMantik.Functions.Tests.Hosts;

/// <summary><c>opsmantik serve</c> and <c>opsmantik health</c> as processes.</summary>
internal sealed class ServeTests : Scenario
{
    [Test]
    public async Task A_second_worker_on_a_taken_port_says_so()
    {
        var url = $"http://127.0.0.1:{LoopbackPort.FindFree()}";
        using var first = ServeProcess.Start(("urls", url));
        using var http = new HttpClient { BaseAddress = new Uri(url) };
        await http.FirstStatusOfAsync(Paths.Health);

        using var second = ServeProcess.Start(("urls", url));
        var (exitCode, _, error) = await second.EndAsync();

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(error.TrimEnd(), Does.Match("^The worker cannot start:\r?\n  Cannot listen [^\n]*address already in use[^\n]*\nNext: opsmantik doctor$"));
    }

    [Test]
    public async Task An_address_where_nobody_can_listen_is_told_in_a_line()
    {
        using var serve = ServeProcess.Start(("urls", "http://127.0.0.1:99999"));

        var (exitCode, _, error) = await serve.EndAsync();

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(error.TrimEnd(), Does.Match("^The worker cannot start:\r?\n  ASPNETCORE_URLS must be [^\n]+\nNext: opsmantik doctor$"));
    }

    [Test]
    public async Task A_signal_during_a_scheduled_run_lets_the_batch_in_flight_finish_and_gives_the_rest_back()
    {
        Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromSeconds(2)));
        for (var number = 1; number <= 4; number++)
            await Database.EnqueueAsync(await AddSiteAsync(number), 5, $"click-{number}");
        using var serve = ServeProcess.Start(
            ("ConnectionStrings:OpsMantik", Database.WorkerConnectionString),
            ("GoogleAds:BaseAddress", Google.BaseAddress.ToString()),
            ("GoogleAds:TokenUri", Google.TokenUri.ToString()),
            ("UPLOAD_SCHEDULE", "* * * * * *"),
            ("Upload:MaxParallelGroups", "1"));
        await Eventually.TrueAsync(() => Google.Calls.Count == 1, "a batch in flight");

        var clock = Stopwatch.StartNew();
        await serve.TerminateAsync();
        var (exitCode, _, error) = await serve.EndAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)), "what a host grants");
            Assert.That((exitCode, error), Is.EqualTo((0, "")));
            Assert.That(Google.Calls, Has.Count.EqualTo(1), "nothing is sent after the signal");
            Assert.That(await Database.ScalarAsync<long>("select count(*) from offline_conversion_queue where status = 'COMPLETED'"), Is.EqualTo(5));
            Assert.That(await Database.ScalarAsync<long>("select count(*) from offline_conversion_queue where status = 'QUEUED'"), Is.EqualTo(15));
        });
    }

    [Test]
    [Platform("Linux")]
    public async Task With_a_password_nothing_is_loaded_that_only_a_token_a_migration_or_the_demo_needs()
    {
        var url = $"http://127.0.0.1:{LoopbackPort.FindFree()}";
        using var serve = ServeProcess.Start(("urls", url), ("ConnectionStrings:OpsMantik", Database.WorkerConnectionString));
        using var http = new HttpClient { BaseAddress = new Uri(url) };

        Assert.That(await http.FirstStatusOfAsync(Paths.Health), Is.EqualTo(HttpStatusCode.OK));

        var mapped = serve.MappedFiles();
        Assert.That(mapped, Has.Some.EndsWith("/Npgsql.dll"), "libraries are among them");
        Assert.That(mapped, Has.None.Contains("/Azure.").And.None.Contains("/Microsoft.Identity").And.None.Contains("/dbup-"));
    }

    [TestCase("http://+:8080", "http://localhost:8080/api/health")]
    [TestCase("http://*:8080/", "http://localhost:8080/api/health")]
    [TestCase("http://0.0.0.0:80", "http://localhost/api/health")]
    [TestCase("http://[::]:8080", "http://localhost:8080/api/health")]
    [TestCase("http://127.0.0.1:7071", "http://127.0.0.1:7071/api/health")]
    public void The_health_command_calls_where_the_worker_listens(string url, string page) =>
        Assert.That(ListenAddress.HealthPageAt(url), Is.EqualTo(new Uri(page)));
}
