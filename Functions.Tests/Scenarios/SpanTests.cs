using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Scenarios;

/// <summary>The spans of a run, below whoever called it.</summary>
internal sealed class SpanTests : Scenario
{
    // Not sampled, as a host that exports nothing says it: the worker's spans are kept all the same.
    private static readonly ActivityTraceId Trace = ActivityTraceId.CreateRandom();
    private static readonly ActivitySpanId Caller = ActivitySpanId.CreateRandom();

    [Test]
    public async Task An_upload_hangs_below_its_callers_span_and_everything_else_below_the_run()
    {
        await Database.EnqueueAsync(await AddSiteAsync(1), 2);
        await using var app = await StartAsync();
        using var spans = new SpanTree(Trace, Caller);

        using var response = await app.PostAsync(Paths.Upload);

        response.EnsureSuccessStatusCode();
        Assert.That(spans.Lines(), Is.EqualTo(
            """
            caller
              upload
                claim
                claim
                group
                  google_ads.upload
                  oauth.token
                  write-back
            """));
    }

    [Test]
    public async Task An_http_twins_run_hangs_below_its_callers_span()
    {
        await using var app = await StartAsync();
        using var spans = new SpanTree(Trace, Caller);

        using var response = await app.PostAsync(Paths.Recover);

        response.EnsureSuccessStatusCode();
        Assert.That(spans.Lines(), Is.EqualTo("caller\n  recovery"));
    }

    [Test]
    public async Task A_failure_marks_its_span_and_its_group_and_tells_no_secret()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 2, "CANARY-click");
        Google.SetBehaviour(null, CallBehaviour.ServerError());
        await using var app = await StartAsync();
        using var spans = new SpanTree(Trace, Caller);

        using var response = await app.PostAsync(Paths.Upload);
        await Database.ExecuteAsync("delete from offline_conversion_queue");

        Assert.Multiple(() =>
        {
            Assert.That(
                spans.All.Where(span => span.Status == ActivityStatusCode.Error)
                    .Select(span => $"{span.OperationName} {span.StatusDescription}"),
                Is.EquivalentTo(new[] { "google_ads.upload 503", "group TransientFailure" }));
            Assert.That(
                spans.All.Single(span => span.OperationName == "group").GetTagItem("opsmantik.site"), Is.EqualTo($"{site}"));
            Canary.AssertAbsent("a span", spans.All.SelectMany(span =>
                span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}")
                    .Concat(span.Events.SelectMany(e => e.Tags).Select(tag => $"{tag.Key}={tag.Value}"))
                    .Append(span.StatusDescription ?? "")));
        });
    }

    [Test]
    public async Task A_run_that_throws_marks_its_span()
    {
        await using var app = await StartAsync();
        (await app.PostAsync(Paths.Recover)).Dispose();
        await Database.ExecuteAsync("revoke select on sites from service_role");
        using var spans = new SpanTree(Trace, Caller);

        using var response = await app.PostAsync(Paths.Recover);

        Assert.That(
            spans.All.Select(span => $"{span.OperationName} {span.Status} {span.StatusDescription}"),
            Is.EqualTo(new[] { "recovery Error PostgresException" }));
    }

    private async Task<RunningApp> StartAsync(params (string Name, string? Value)[] settings)
    {
        var app = await RunningApp.StartAsync(
            services =>
            {
                services.RemoveAll<IConversionProvider>();
                services.AddSingleton<IConversionProvider, GoogleAdsProvider>();
            },
            [("ConnectionStrings:OpsMantik", Database.WorkerConnectionString),
                ("GoogleAds:BaseAddress", Google.BaseAddress.ToString()),
                ("GoogleAds:TokenUri", Google.TokenUri.ToString()),
                .. settings]);
        app.Http.DefaultRequestHeaders.Add("traceparent", $"00-{Trace}-{Caller}-00");
        return app;
    }
}
