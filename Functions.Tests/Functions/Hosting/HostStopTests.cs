using System.Diagnostics;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Functions.Hosting;

internal sealed class HostStopTests : Scenario
{
    [Test]
    public async Task A_signal_during_a_run_lets_the_batch_in_flight_finish_and_gives_the_rest_back()
    {
        Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromSeconds(2)));
        for (var number = 1; number <= 4; number++)
            await Database.EnqueueAsync(await AddSiteAsync(number), 5, $"click-{number}");
        await using var host = await StartAsync(("Upload:MaxParallelGroups", "1"));

        var run = host.InvokeAsync(FunctionNames.ProcessOfflineConversionsTimer, Invocations.WithoutStatus);
        await Eventually.TrueAsync(() => Google.Calls.Count == 1, "a batch in flight");
        var clock = Stopwatch.StartNew();
        await host.TerminateAsync();
        using var response = await run;
        var (exitCode, _, error) = await host.EndAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)), "what a host grants");
            Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(Invocations.Answer));
            Assert.That((exitCode, error), Is.EqualTo((0, "")));
            Assert.That(Google.Calls, Has.Count.EqualTo(1), "nothing is sent after the signal");
            Assert.That(await CountAsync("COMPLETED"), Is.EqualTo(5));
            Assert.That(await CountAsync("QUEUED"), Is.EqualTo(15));
        });
    }

    [Test]
    public async Task Under_the_functions_host_the_app_runs_no_schedule_of_its_own()
    {
        await using var host = await StartAsync(("UPLOAD_SCHEDULE", "* * * * * *"));

        await host.TerminateAsync();
        var (_, output, _) = await host.EndAsync();

        Assert.That(output, Does.Contain("Now listening on").And.Not.Contain("Timer "));
    }

    private Task<HostDouble> StartAsync(params (string Name, string? Value)[] settings) => HostDouble.StartAsync(
        [("ConnectionStrings:OpsMantik", Database.WorkerConnectionString),
            ("GoogleAds:BaseAddress", Google.BaseAddress.ToString()),
            ("GoogleAds:TokenUri", Google.TokenUri.ToString()),
            .. settings]);

    private Task<long> CountAsync(string status) =>
        Database.ScalarAsync<long>("select count(*) from offline_conversion_queue where status = $1", status);
}
