using System.Diagnostics;
using OpsMantik.Cli;
using OpsMantik.Core.Operations;
using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Scenarios;

/// <summary>
/// Telephone numbers and addresses in the clear, in every field that a dashboard may put them into: none leaves, and none is repeated
/// where others read it.
/// </summary>
internal sealed class PersonalDataTests : Scenario
{
    private static readonly string[] People = ["ayse.demir@example.com", "+90 532 123 45 67", "905321234567", "0532 123 45 67"];

    private static readonly string[] Fields =
    [
        "gclid = '{0}'",
        "gclid = null, gbraid = '{0}'",
        "gclid = null, wbraid = 'tel:{0}'",
        "gclid = 'https://shop.example/?gclid={0}'",
        "gclid = 'https://shop.example/?mail={0}'",
        "currency = left('{0}', 10)",
        "payload = '{{\"order_id\":\"{0}\"}}'",
        "payload = '{{\"currency\":\"{0}\"}}'",
        "payload = '{{\"conversion_time\":\"{0}\"}}'",
        "payload = '{{\"value_cents\":\"{0}.5\"}}'",
        "payload = '{{\"consent\":\"{0}\"}}'",
        "payload = '{{\"consent\":{{\"ad_user_data\":\"{0}\"}}}}'",
        "payload = '{{\"click_ids\":{{\"gclid\":\"{0}\"}}}}', gclid = null",
        "payload = '{{\"click_ids\":\"{0}\"}}'",
        "payload = '{{\"hashed_phone_number\":\"{0}\",\"hashed_email\":\"{0}\"}}'",
        "payload = '{{\"email\":\"{0}\",\"phone\":\"{0}\",\"{0}\":1}}'",
        "payload = '\"{0}\"'",
        "user_identifiers = '{{\"hashed_email\":\"{0}\",\"hashedPhone\":[\"{0}\"]}}'",
        "user_identifiers = '[{{\"type\":\"hashed_phone\",\"value\":\"{0}\"}},{{\"type\":\"{0}\",\"value\":\"{0}\"}}]'",
        "user_identifiers = '\"{0}\"'",
    ];

    [TestCase(null)]
    [TestCase("data_manager")]
    public async Task None_leaves_and_none_is_repeated(string? api)
    {
        var site = await Database.AddSiteAsync();
        await Database.AddCredentialsAsync(Worker.Vault, site, CustomerId(1), "CANARY-refresh-1", api);
        var rows = await Database.EnqueueAsync(site, Fields.Length * People.Length, "Cj0KCQ");
        foreach (var (row, index) in rows.Select((row, index) => (row, index)))
        {
            var columns = string.Format(
                System.Globalization.CultureInfo.InvariantCulture, Fields[index / People.Length], People[index % People.Length]);
            await Database.ExecuteAsync($"update offline_conversion_queue set {columns} where id = $1", row);
        }

        List<string> said = [];
        using var spans = new SpanTree(ActivityTraceId.CreateRandom(), default);
        await using (var app = await StartAppAsync())
        {
            // A call takes 50 rows.
            for (var call = 0; call < 3; call++)
                said.Add(await (await app.PostAsync(Paths.Upload)).Content.ReadAsStringAsync());
            app.Http.DefaultRequestHeaders.Accept.ParseAdd("text/html");
            using var page = await app.SendAsync(HttpMethod.Get, $"{Paths.Status}?site={site}");
            said.Add(await page.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
            said.AddRange(app.Logs);
        }

        await using var worker = NewWorker();
        foreach (var row in rows)
        {
            var history = await worker.Get<RowHistoryReader>().FindAsync(row, CancellationToken.None);
            said.AddRange(RowText.Render(history!));
        }

        said.AddRange(Google.Calls.Select(call => call.Body));
        said.AddRange(Google.IngestCalls.Select(call => call.Body));
        said.AddRange(spans.All.SelectMany(span => span.TagObjects.Select(tag => $"{tag.Value}")));
        said.Add((await Database.ScalarAsync<string>(
            "select string_agg(concat_ws(' ', last_error, provider_error_code, provider_ref), ' ') from offline_conversion_queue"))!);

        Assert.Multiple(async () =>
        {
            foreach (var person in People.Append("5321234567").Append("532 123 45 67").Append("ayse.demir"))
                Assert.That(said.Where(text => text.Contains(person, StringComparison.OrdinalIgnoreCase)), Is.Empty, "someone is named by a text of what was said");
            Assert.That(
                await Database.ScalarAsync<long>("select count(*) from offline_conversion_queue where status in ('COMPLETED', 'SUBMITTED')"),
                Is.GreaterThan(20), "what can be sent without it is sent");
            Assert.That(said, Has.Count.GreaterThan(rows.Length), "something was said");
        });
    }

    private Task<RunningApp> StartAppAsync() => RunningApp.StartAsync(
        null,
        ("ConnectionStrings:OpsMantik", Database.WorkerConnectionString),
        ("GoogleAds:BaseAddress", Google.BaseAddress.ToString()),
        ("GoogleAds:TokenUri", Google.TokenUri.ToString()),
        ("DataManager:BaseAddress", Google.DataManagerBaseAddress.ToString()),
        ("OPSMANTIK_VAULT_KEY", Worker.VaultKey));
}
