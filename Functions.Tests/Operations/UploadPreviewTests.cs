using System.Text.Json.Nodes;
using OpsMantik.Core.Operations;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Operations;

internal sealed class UploadPreviewTests : Scenario
{
    [TestCase("google_ads")]
    [TestCase("data_manager")]
    public async Task What_is_shown_is_word_for_word_what_goes_out_next(string uploadApi)
    {
        var site = await AddSiteAsync(uploadApi);
        await Database.EnqueueAsync(site, 3);
        await using var worker = NewWorker();

        var preview = await PreviewAsync(worker, site);
        Assert.That(Sent(uploadApi), Is.Empty, "a look sends nothing");
        Assert.That(await RowsAsync(site), Is.EqualTo("QUEUED:3"), "and claims nothing");
        await worker.UploadAsync();

        var sent = JsonNode.Parse(Sent(uploadApi).Single())!.AsObject();
        // Only a claim has one.
        sent.Remove("jobId");
        Assert.That(JsonNode.DeepEquals(JsonNode.Parse(preview!.Request!.Body), sent));
        Assert.That(preview.RowIds, Has.Count.EqualTo(3));
        Assert.That(preview.Due, Is.EqualTo(3));
    }

    [Test]
    public async Task Secrets_are_redacted_and_headers_that_are_none_are_shown()
    {
        var site = await AddSiteAsync("google_ads");
        await Database.EnqueueAsync(site);
        await using var worker = NewWorker();

        var request = (await PreviewAsync(worker, site))!.Request!;

        Assert.That(request.Address.AbsolutePath, Is.EqualTo("/v25/customers/1234567890:uploadClickConversions"));
        Assert.That(request.Headers.ToDictionary()["Authorization"], Is.EqualTo("Bearer [redacted]"));
        Assert.That(request.Headers.ToDictionary()["developer-token"], Is.EqualTo("[redacted]"));
        Canary.AssertAbsent("the preview", [request.Body, .. request.Headers.Select(header => header.Value)]);
    }

    [TestCase("google_ads")]
    [TestCase("data_manager")]
    public async Task Of_a_persons_hash_the_first_six_digits_are_shown(string uploadApi)
    {
        var site = await AddSiteAsync(uploadApi);
        await Database.EnqueueAsync(site);
        var hash = new string('a', 58) + "012345";
        await Database.ExecuteAsync($"update offline_conversion_queue set user_identifiers = '{{\"hashed_email\":\"{hash}\"}}'");
        await using var worker = NewWorker();

        var preview = (await PreviewAsync(worker, site))!;

        Assert.That(preview.Request!.Body, Does.Contain("\"aaaaaa…\"").And.Not.Contain("aaaaaaa"));
        Assert.That(preview.Readings.Single().Identifiers, Is.EqualTo(1));
    }

    [Test]
    public async Task Rows_that_would_not_be_sent_are_named_with_the_reason()
    {
        var site = await AddSiteAsync("google_ads");
        var rows = await Database.EnqueueAsync(site, 3);
        await Database.ExecuteAsync("update offline_conversion_queue set gclid = null where id = $1", rows[0]);
        await Database.ExecuteAsync("update offline_conversion_queue set payload = '{\"value_cents\":\"x\"}' where id = $1", rows[1]);
        await using var worker = NewWorker();

        var preview = (await PreviewAsync(worker, site))!;

        Assert.That(
            preview.HeldBack.Select(held => (held.Key, held.Value.Code)),
            Is.EquivalentTo(new (Guid, string?)[] { (rows[0], "MISSING_CLICK_ID"), (rows[1], "INVALID_PAYLOAD") }));
        Assert.That(JsonNode.Parse(preview.Request!.Body)!["conversions"]!.AsArray(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_circuit_that_is_not_closed_lets_a_probe_through_only()
    {
        var site = await AddSiteAsync("google_ads");
        await Database.EnqueueAsync(site, 9);
        await Database.SetCircuitAsync(site, "OPEN", "now() + interval '3 minutes'", 5);
        await using var worker = NewWorker();

        var preview = (await PreviewAsync(worker, site))!;

        Assert.That((preview.Circuit, preview.RowIds.Count), Is.EqualTo(("OPEN", 5)));
        Assert.That(preview.NextProbeAt, Is.Not.Null);
    }

    [Test]
    public async Task Without_credentials_or_rows_there_is_no_request_and_it_says_why()
    {
        var site = await Database.AddSiteAsync();
        await using var worker = NewWorker();

        var preview = (await PreviewAsync(worker, site))!;

        Assert.That((preview.Request, preview.Due), Is.EqualTo(((Core.Providers.RequestPreview?)null, 0L)));
        Assert.That(preview.Fault, Does.Contain("CREDENTIALS_MISSING"));
        Assert.That(await PreviewAsync(worker, Guid.NewGuid()), Is.Null);
    }

    private static Task<UploadPreview?> PreviewAsync(Worker worker, Guid site) =>
        worker.Get<UploadPreviewReader>().ReadAsync(site, "google_ads", null, 2_000, CancellationToken.None);

    private List<string> Sent(string uploadApi) => uploadApi == "data_manager"
        ? [.. Google.IngestCalls.Select(call => call.Body)]
        : [.. Google.Calls.Select(call => call.Body)];

    private async Task<Guid> AddSiteAsync(string uploadApi)
    {
        var site = await Database.AddSiteAsync();
        await Database.AddCredentialsAsync(Worker.Vault, site, uploadApi: uploadApi);
        return site;
    }
}
