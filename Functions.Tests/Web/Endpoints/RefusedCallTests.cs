using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Web.Endpoints;

/// <summary>Who guesses at a secret is counted, wherever he does it, and nobody else is.</summary>
internal sealed class RefusedCallTests
{
    private const string Name = "opsmantik.http.refused";

    [Test]
    public async Task A_refused_call_is_counted_by_route_and_reason()
    {
        await using var app = await RunningApp.StartAsync(null, ("STATUS_SECRET", "CANARY-status"));
        using var metrics = new RecordedMetrics(app.Services.GetRequiredService<IMeterFactory>());
        foreach (var path in new[] { Paths.Upload, Paths.Recover, Paths.Confirm, Paths.Reconcile, Paths.Seed })
            await CallAsync(app, HttpMethod.Post, path, "CANARY-other", null);
        await CallAsync(app, HttpMethod.Post, Paths.Upload, "CANARY-status");
        await CallAsync(app, HttpMethod.Get, Paths.Status, "CANARY-other", null);
        await CallAsync(app, HttpMethod.Get, Paths.Health, "CANARY-other", "CANARY-another");

        Assert.That(metrics.Of(Name), Is.EquivalentTo(new Dictionary<string, double>
        {
            ["reason=wrong_secret route=cron/process-offline-conversions"] = 2,
            ["reason=no_secret route=cron/process-offline-conversions"] = 1,
            ["reason=wrong_secret route=cron/providers/recover-processing"] = 1,
            ["reason=no_secret route=cron/providers/recover-processing"] = 1,
            ["reason=wrong_secret route=cron/providers/confirm-uploads"] = 1,
            ["reason=no_secret route=cron/providers/confirm-uploads"] = 1,
            ["reason=wrong_secret route=cron/providers/reconcile"] = 1,
            ["reason=no_secret route=cron/providers/reconcile"] = 1,
            ["reason=wrong_secret route=cron/providers/seed-credentials"] = 1,
            ["reason=no_secret route=cron/providers/seed-credentials"] = 1,
            ["reason=wrong_secret route=status"] = 1,
            ["reason=no_secret route=status"] = 1,
            ["reason=wrong_secret route=health"] = 2,
        }));
    }

    [Test]
    public async Task A_call_without_a_usable_secret_in_the_settings_is_told_apart()
    {
        await using var app = await RunningApp.StartAsync(null, ("CRON_SECRET", ""));
        using var metrics = new RecordedMetrics(app.Services.GetRequiredService<IMeterFactory>());
        await CallAsync(app, HttpMethod.Post, Paths.Upload, "CANARY-other", null);
        await CallAsync(app, HttpMethod.Get, Paths.Status, "CANARY-other");

        Assert.That(metrics.Of(Name), Is.EquivalentTo(new Dictionary<string, double>
        {
            ["reason=not_configured route=cron/process-offline-conversions"] = 2,
            ["reason=not_configured route=status"] = 1,
        }));
    }

    [Test]
    public async Task An_admitted_call_a_wrong_method_and_an_unknown_path_are_no_refusals()
    {
        await using var app = await RunningApp.StartAsync(null, ("STATUS_SECRET", "CANARY-status"));
        using var metrics = new RecordedMetrics(app.Services.GetRequiredService<IMeterFactory>());
        await CallAsync(app, HttpMethod.Post, Paths.Upload, HostedWorker.Secret);
        await CallAsync(app, HttpMethod.Get, Paths.Status, HostedWorker.Secret, "CANARY-status");
        await CallAsync(app, HttpMethod.Get, Paths.Health, HostedWorker.Secret, "CANARY-status", null);
        await CallAsync(app, HttpMethod.Get, Paths.Upload, "CANARY-other");
        await CallAsync(app, HttpMethod.Post, Paths.Status, "CANARY-other");
        await CallAsync(app, HttpMethod.Post, "/api/unknown", "CANARY-other");

        Assert.That(metrics.Of(Name), Is.Empty);
    }

    private static async Task CallAsync(RunningApp app, HttpMethod method, string path, params string?[] secrets)
    {
        foreach (var secret in secrets)
            using (await app.SendAsync(method, path, null, secret))
            { }
    }
}
