using System.Text.Json;
using OpsMantik.Core.Alerts;
using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Alerts;

/// <summary>Workers with somebody to tell: a real receiver.</summary>
internal abstract class AlertScenario : Scenario
{
    protected const string Key = "Q0FOQVJZLXdlYmhvb2stc2VjcmV0LW9mLTMyLWJ5dGU=";

    protected Receiver Receiver { get; private set; } = null!;

    [SetUp]
    public async Task StartReceiverAsync() => Receiver = await Receiver.StartAsync();

    [TearDown]
    public async Task StopReceiverAsync() => await Receiver.DisposeAsync();

    protected (string Name, string Value)[] Alerting =>
        [("Alerts:WebhookUrl", Receiver.Address), ("Alerts:WebhookSecret", $"whsec_{Key}"), ("AZURE_FUNCTIONS_ENVIRONMENT", "Development")];

    protected Worker NewAlerting(params (string Name, string Value)[] settings) => NewWorker([.. Alerting, .. settings]);

    protected Task<RunningApp> StartAppAsync() => RunningApp.StartAsync(
        _ => { },
        [
            .. Worker.Settings(Google).Select(setting => (setting.Key, setting.Value)),
            .. Alerting.Select(setting => (setting.Name, (string?)setting.Value)),
            ("ConnectionStrings:OpsMantik", Database.WorkerConnectionString),
        ]);

    protected async Task<Guid> RevokedSiteAsync()
    {
        var site = await AddSiteAsync(1, "CANARY-revoked");
        await Database.EnqueueAsync(site, 2);
        await using var worker = NewWorker();
        await worker.UploadAsync();
        return site;
    }

    /// <summary>With a job late half an hour after its last end, or those that are given.</summary>
    protected static Task TellAsync(Worker worker, params LateJob[] late) => worker.Get<AlertRun>().RunAsync(
        (ticks, now) => [.. late, .. ticks.Where(tick => now - tick.EndedAt > TimeSpan.FromMinutes(30)).Select(tick => new LateJob(tick.Job, tick.EndedAt))],
        CancellationToken.None);

    protected Task<int> MakeAlertsDueAsync() => Database.ExecuteAsync("update operator_alerts set next_attempt_at = now()");

    protected string?[] Types() => [.. Receiver.Got.Select(got => JsonDocument.Parse(got.Body).RootElement.GetProperty("type").GetString())];
}
