using System.Net.Http.Headers;
using OpsMantik.Functions.Tests.Cli;
using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.Scenarios;

namespace OpsMantik.Functions.Tests.Alerts;

/// <summary>Where a person sees whether the receiver takes what it is sent: the command, doctor, the status page.</summary>
internal sealed class AlertProcessTests : Scenario
{
    private Receiver _receiver = null!;

    [SetUp]
    public async Task StartReceiverAsync() => _receiver = await Receiver.StartAsync();

    [TearDown]
    public async Task StopReceiverAsync() => await _receiver.DisposeAsync();

    [Test]
    public async Task The_command_sends_one_and_tells_whether_it_was_taken()
    {
        var unset = await CliProcess.RunAsync(Database.WorkerConnectionString, ["alerts", "test"], Worker.Settings(Google));
        var taken = await RunAsync("alerts", "test");
        _receiver.Answer = _ => Task.FromResult(404);
        var refused = await RunAsync("alerts", "test");

        Assert.That((unset.ExitCode, taken.ExitCode, refused.ExitCode), Is.EqualTo((2, 0, 1)), taken.Error);
        Assert.That(unset.Error, Does.Contain("set Alerts__WebhookUrl"));
        Assert.That(refused.Output, Does.Contain("did not take it: HTTP 404"));
        Assert.That(_receiver.Got.Select(got => got.Body), Has.Exactly(2).Contains("OpsMantik: this is a test"));
        Assert.That($"{taken}{refused}", Does.Not.Contain("CANARY").And.Not.Contain(_receiver.Address));
    }

    [Test]
    public async Task A_dead_receiver_shows_in_doctor_and_on_the_status_page()
    {
        await Database.ExecuteAsync(
            """
            insert into operator_alerts (site_id, provider_key, kind, row_count, since, first_failed_at, last_error, given_up_at, closed_at)
            values (gen_random_uuid(), 'google_ads', 'REVOKED', 1, now(), now() - interval '25 hours', 'HTTP 503', now(), now())
            """);

        var doctor = await RunAsync("doctor");
        await using var app = await RunningApp.StartAsync(
            null, [("ConnectionStrings:OpsMantik", Database.WorkerConnectionString), .. Settings().Select(setting => (setting.Key, setting.Value))]);
        using var request = new HttpRequestMessage(HttpMethod.Get, Routes.PathOf(Routes.Status));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", HostedWorker.Secret);
        using var answer = await app.Http.SendAsync(request);
        var page = await answer.Content.ReadAsStringAsync();

        Assert.That(doctor.Output, Does.Contain("warn  alerts         0 wait and 1 were given up since").And.Contain("HTTP 503"), doctor.Error);
        Assert.That(page, Does.Contain("Alerts are not delivered: 0 wait and 1 were given up"));
    }

    private Dictionary<string, string?> Settings()
    {
        var settings = Worker.Settings(Google);
        settings["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development";
        (settings["Alerts:WebhookUrl"], settings["Alerts:Format"]) = (_receiver.Address, "slack");
        return settings;
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        CliProcess.RunAsync(Database.WorkerConnectionString, arguments, Settings());
}
