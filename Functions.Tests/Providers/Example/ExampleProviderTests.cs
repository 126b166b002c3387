using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Runs;
using OpsMantik.Core.Status;
using OpsMantik.Functions.Tests.House;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Providers.Example;

/// <summary>A provider that is only registered gets the whole worker: claim, ledger, counters, retry, circuit, status.</summary>
internal sealed partial class ExampleProviderTests : Scenario
{
    private const string ApiKey = "CANARY-api-key";

    private Endpoint _endpoint = null!;
    private Worker _worker = null!;
    private Guid _site;

    [SetUp]
    public async Task StartWorkerAsync()
    {
        _endpoint = await Endpoint.StartAsync();
        _worker = new Worker(Database, Google, services => services.AddExample(), ("Example:BaseAddress", _endpoint.Address));
        _site = await Database.AddSiteAsync();
        Assert.That((await SeedAsync(ApiKey)).Outcome, Is.EqualTo(SeedOutcome.Seeded));
    }

    [TearDown]
    public async Task StopWorkerAsync()
    {
        await _worker.DisposeAsync();
        await _endpoint.DisposeAsync();
    }

    [Test]
    public async Task Its_rows_are_claimed_uploaded_and_written_back_with_ledger_and_counters()
    {
        await EnqueueAsync(3, "good");
        await EnqueueAsync(1, "invalid");
        await EnqueueAsync(1, "duplicate");

        var summary = await UploadAsync();

        Assert.That(summary, Is.EqualTo(new UploadSummary(5, Completed: 4, Failed: 1, Retry: 0, Submitted: 0)));
        Assert.Multiple(async () =>
        {
            Assert.That(await RowsAsync(_site), Is.EqualTo("COMPLETED:3 COMPLETED/DUPLICATE:1 FAILED/INVALID_CLICK:1"));
            Assert.That(_endpoint.Requests, Is.EqualTo(1), "one batch is one request");
            Assert.That(await LedgerAsync(), Is.EqualTo("STARTED 5, FINISHED 4/1"));
            Assert.That(await SitesWithWrongCountersAsync(), Is.Empty);
            Assert.That(
                await Database.ScalarAsync<string>("select last_error from offline_conversion_queue where status = 'FAILED'"),
                Is.EqualTo("refused with [redacted]"));
        });
    }

    [Test]
    public async Task A_failing_endpoint_makes_rows_retry_and_opens_the_circuit_and_rows_of_google_are_not_affected()
    {
        await EnqueueAsync(2, "good");
        await Database.EnqueueAsync(await AddSiteAsync(1), 2, "google");
        _endpoint.Status = 503;

        var first = await UploadAsync();
        var state = await StateAsync();
        for (var run = 2; run <= 5; run++)
        {
            await MakeDueAsync();
            await UploadAsync();
        }

        Assert.That(first, Is.EqualTo(new UploadSummary(4, Completed: 2, Failed: 0, Retry: 2, Submitted: 0)));
        Assert.That((state.Retry, state.Failures, state.Circuit), Is.EqualTo((2, 1, "CLOSED")));
        state = await StateAsync();
        Assert.That((state.Retry, state.Failures, state.Circuit), Is.EqualTo((2, 5, "OPEN")));
        Assert.That(await RowsAsync(_site), Is.EqualTo("RETRY/HTTP_503:2"));
    }

    [Test]
    public async Task Refused_credentials_fail_the_rows_and_new_ones_and_a_requeue_send_them()
    {
        Assert.That((await SeedAsync("revoked")).Outcome, Is.EqualTo(SeedOutcome.Seeded));
        await EnqueueAsync(2, "good");
        await UploadAsync();
        Assert.That(await RowsAsync(_site), Is.EqualTo("FAILED/UNAUTHENTICATED:2"));

        await SeedAsync(ApiKey);
        await _worker.Get<Requeueing>().RequeueAsync(
            new RequeueFilter { Status = "FAILED", ProviderKey = ExampleProvider.ProviderKey, SiteId = _site }, "test", CancellationToken.None);
        await UploadAsync();

        Assert.That(await RowsAsync(_site), Is.EqualTo("COMPLETED:2"));
    }

    [Test]
    public async Task Credentials_without_their_field_are_refused_before_they_are_stored()
    {
        var result = await SeedAsync("");

        Assert.That(result, Is.EqualTo(new SeedResult(SeedOutcome.InvalidCredentials, "api_key is missing or empty.")));
    }

    [Test]
    public void Every_block_of_the_page_is_in_the_example()
    {
        var page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "adding-a-provider.md"));
        var example = File.ReadAllText(
            Path.Combine(SourceTree.Root, "Functions.Tests", "Providers", "Example", "ExampleProvider.cs"));
        var blocks = Fence().Matches(page).Select(fence => fence.Groups["code"].Value).ToList();

        Assert.That(blocks, Is.Not.Empty);
        Assert.That(blocks.Where(block => !example.Contains(block, StringComparison.Ordinal)), Is.Empty);
    }

    // As the timer does: every provider, everything due.
    private Task<UploadSummary> UploadAsync() => _worker.Get<UploadRun>().RunAsync(new UploadRequest(), CancellationToken.None);

    private Task<SeedResult> SeedAsync(string apiKey) => _worker.Get<CredentialSeeding>().SeedAsync(
        _site, ExampleProvider.ProviderKey, JsonSerializer.SerializeToElement(new { api_key = apiKey }), "test", CancellationToken.None);

    private async Task EnqueueAsync(int count, string clickPrefix)
    {
        await Database.EnqueueAsync(_site, count, clickPrefix);
        await Database.ExecuteAsync(
            "update offline_conversion_queue set provider_key = $1 where site_id = $2", ExampleProvider.ProviderKey, _site);
    }

    private async Task<SiteState> StateAsync() =>
        (await _worker.Get<StatusReader>().ReadSiteAsync(_site, ExampleProvider.ProviderKey, CancellationToken.None))!.State;

    private Task<string?> LedgerAsync() => Database.ScalarAsync<string>(
        """
        select string_agg(
            case a.phase when 'STARTED' then 'STARTED ' || a.claimed_count
                 else 'FINISHED ' || a.completed_count || '/' || a.failed_count end, ', ' order by a.created_at, a.phase desc)
        from provider_upload_attempts a
        where a.provider_key = 'example'
        """);

    [GeneratedRegex(@"```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    /// <summary>Answers by what the click id begins with.</summary>
    private sealed class Endpoint : IAsyncDisposable
    {
        private readonly WebApplication _app;

        private Endpoint()
        {
            var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
            builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
            _app = builder.Build();
            _app.Run(AnswerAsync);
        }

        public int Status { get; set; } = StatusCodes.Status200OK;

        public int Requests { get; private set; }

        public string Address => _app.Urls.Single();

        public static async Task<Endpoint> StartAsync()
        {
            var endpoint = new Endpoint();
            await endpoint._app.StartAsync();
            return endpoint;
        }

        public ValueTask DisposeAsync() => _app.DisposeAsync();

        private async Task AnswerAsync(HttpContext context)
        {
            Requests++;
            context.Response.StatusCode = context.Request.Headers.Authorization == $"Bearer {ApiKey}" ? Status : 401;
            if (context.Response.StatusCode != StatusCodes.Status200OK)
                return;
            var sent = (await context.Request.ReadFromJsonAsync<JsonElement[]>())!;
            await context.Response.WriteAsJsonAsync(sent.Select(conversion =>
                conversion.GetProperty("click").GetString()!.Split('-')[0] switch
                {
                    "invalid" => new { status = "invalid", message = $"refused with {ApiKey}" },
                    "duplicate" => new { status = "duplicate", message = "" },
                    _ => new { status = "ok", message = "" },
                }));
        }
    }
}
