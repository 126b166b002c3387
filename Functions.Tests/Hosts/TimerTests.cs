using System.Diagnostics;
using System.Net;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed.Hosting;

namespace OpsMantik.Functions.Tests.Hosts;

/// <summary>Timers as the Functions host fires them, and how it learns what became of the run.</summary>
internal sealed class TimerTests : Scenario
{
    private static readonly string[] Timers =
    [
        FunctionNames.ProcessOfflineConversionsTimer, FunctionNames.RecoverProcessingTimer,
        FunctionNames.ConfirmUploadsTimer,
        FunctionNames.ReconcileUploadsTimer,
    ];

    [Test]
    public async Task A_run_that_finds_nothing_due_is_a_success([ValueSource(nameof(Timers))] string timer)
    {
        await using var worker = await StartAsync();

        var run = await worker.Host.InvokeAsync(timer);

        Assert.That((run.Status, run.Exception), Is.EqualTo(("Success", (string?)null)));
    }

    [Test]
    public async Task A_failed_run_fails_its_invocation_without_a_secret([ValueSource(nameof(Timers))] string timer)
    {
        await using var worker = await StartAsync(("ConnectionStrings:OpsMantik", HostedWorker.NoDatabase));

        var run = await worker.Host.InvokeAsync(timer);

        Assert.That(run.Status, Is.EqualTo("Failure"));
        Assert.That(run.Exception, Does.Contain($"{timer}: the database cannot be reached").And.Not.Contain("CANARY"));
    }

    [Test]
    public async Task A_run_that_breaks_fails_its_invocation_with_the_id_of_its_log_record()
    {
        await using var worker = await StartAsync();
        await Database.ExecuteAsync("alter table offline_conversion_queue rename column claimed_at to renamed_at");

        var run = await worker.Host.InvokeAsync(FunctionNames.RecoverProcessingTimer);

        Assert.That(run.Status, Is.EqualTo("Failure"));
        var id = System.Text.RegularExpressions.Regex.Match(run.Exception!, "correlation id (?<id>[0-9a-f]{32})").Groups["id"].Value;
        await Eventually.TrueAsync(
            () => worker.Logs.Any(line => line.Contains(id) && line.Contains("PostgresException")), "logged with its id");
        Assert.That(run.Exception, Does.Not.Contain("renamed_at"), "the host shows what it is thrown");
    }

    [Test]
    public async Task A_cancelled_invocation_sends_nothing_new_and_writes_back_what_is_in_flight()
    {
        Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromSeconds(1)));
        await EnqueueAsync();
        await using var worker = await StartAsync(("Upload:MaxParallelGroups", "1"));
        using var cancel = new CancellationTokenSource();
        var run = worker.Host.InvokeAsync(FunctionNames.ProcessOfflineConversionsTimer, cancel: cancel.Token);
        await Eventually.TrueAsync(() => Google.Calls.Count == 1, "a batch in flight");

        await cancel.CancelAsync();
        await run;

        Assert.That(Google.Calls, Has.Count.EqualTo(1), "nothing new");
        Assert.That(await StatesAsync(), Is.EqualTo("COMPLETED:5 QUEUED:15"));
        await worker.Host.InvokeAsync(FunctionNames.ProcessOfflineConversionsTimer);
        Assert.That(await StatesAsync(), Is.EqualTo("COMPLETED:20"), "the worker goes on");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_stop_lets_the_batch_in_flight_finish_gives_the_rest_back_and_ends_well(bool byTheHost)
    {
        Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromSeconds(2)));
        await EnqueueAsync();
        await using var worker = await StartAsync(("Upload:MaxParallelGroups", "1"));
        var run = worker.Host.InvokeAsync(FunctionNames.ProcessOfflineConversionsTimer);
        await Eventually.TrueAsync(() => Google.Calls.Count == 1, "a batch in flight");

        var clock = Stopwatch.StartNew();
        var exitCode = byTheHost ? (await worker.Host.TerminateAsync()).ExitCode : await SignalAsync(worker.Host);

        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)), "what a host grants");
        Assert.That(exitCode, Is.Zero);
        Assert.That((await run).Status, Is.EqualTo("Success"), "the host is told before the end");
        Assert.That(Google.Calls, Has.Count.EqualTo(1), "nothing is sent after the signal");
        Assert.That(await StatesAsync(), Is.EqualTo("COMPLETED:5 QUEUED:15"));
    }

    [Test]
    public async Task The_portals_test_run_does_one_run()
    {
        await EnqueueAsync();
        await using var worker = await StartAsync();

        using var response = await worker.Http.PostAsync($"/admin/functions/{FunctionNames.ProcessOfflineConversionsTimer}", null);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        await Eventually.TrueAsync(() => worker.Host.Invocations.Count == 1, "one run");
        Assert.That(await StatesAsync(), Is.EqualTo("COMPLETED:20"));
    }

    [Test]
    public async Task The_host_fires_the_timers_on_the_schedules_of_the_settings_and_the_app_none_of_its_own()
    {
        await using var host = await FunctionsHost.StartAsync(
            await PublishedApp.FolderAsync(),
            HostedWorker.Settings(("ConnectionStrings:OpsMantik", Database.WorkerConnectionString), ("RECOVERY_SCHEDULE", "* * * * * *")),
            runSchedules: true);

        await Eventually.TrueAsync(() => host.Invocations.Count >= 2, "it runs each second");

        Assert.That(host.Invocations.Select(run => run.Function).Distinct(), Is.EqualTo(new[] { FunctionNames.RecoverProcessingTimer }));
        Assert.That(host.Logs.Count(record => record.Message == $"Timer {FunctionNames.RecoverProcessingTimer} started"),
            Is.EqualTo(host.Invocations.Count).Within(1), "one run for each time");
    }

    [Test]
    public async Task Without_a_schedules_setting_the_host_says_which_is_missing()
    {
        var settings = HostedWorker.Settings(("CONFIRM_SCHEDULE", null));

        Assert.That(
            async () => await FunctionsHost.StartAsync(await PublishedApp.FolderAsync(), settings),
            Throws.TypeOf<WorkerStartException>().With.Message.Contains("%CONFIRM_SCHEDULE%"));
    }

    private static async Task<int> SignalAsync(FunctionsHost host)
    {
        await host.SignalAsync();
        return await host.WaitForExitAsync();
    }

    private async Task EnqueueAsync()
    {
        for (var number = 1; number <= 4; number++)
            await Database.EnqueueAsync(await AddSiteAsync(number), 5, $"click-{number}");
    }

    private Task<FunctionAppWorker> StartAsync(params IEnumerable<(string Name, string? Value)> settings) =>
        FunctionAppWorker.StartAsync(
            [("ConnectionStrings:OpsMantik", Database.WorkerConnectionString),
                ("GoogleAds:BaseAddress", Google.BaseAddress.ToString()),
                ("GoogleAds:TokenUri", Google.TokenUri.ToString()),
                .. settings]);

    private Task<string?> StatesAsync() => Database.ScalarAsync<string>(
        "select string_agg(g.s, ' ' order by g.s) from (select status || ':' || count(*) as s from offline_conversion_queue group by status) g");
}
