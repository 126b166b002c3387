using System.Net;
using OpsMantik.Functions.Tests.Hosts;

namespace OpsMantik.Functions.Tests.Web.Endpoints;

/// <summary>What is refused before anything is asked of the database: there is none.</summary>
[TestFixtureSource(typeof(HostedWorker), nameof(HostedWorker.Kinds))]
internal sealed class RequestCheckTests(HostKind host)
{
    private HostedWorker _app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _app = await HostedWorker.StartAsync(host);

    [OneTimeTearDown]
    public async Task StopAsync() => await _app.DisposeAsync();

    [TestCase(Paths.Upload, "GET", "POST")]
    [TestCase(Paths.Upload, "PUT", "POST")]
    [TestCase(Paths.Upload, "OPTIONS", "POST")]
    [TestCase(Paths.Recover, "DELETE", "POST")]
    [TestCase(Paths.Confirm, "GET", "POST")]
    [TestCase(Paths.Reconcile, "GET", "POST")]
    [TestCase(Paths.Seed, "GET", "POST")]
    [TestCase(Paths.Health, "POST", "GET")]
    public async Task A_wrong_method_is_answered_with_the_right_one(string path, string method, string allowed)
    {
        using var response = await _app.SendAsync(new HttpMethod(method), path);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        Assert.That(response.Content.Headers.Allow, Is.EqualTo(new[] { allowed }));
        Assert.That(
            await response.Content.ReadAsStringAsync(),
            Is.EqualTo($$"""{"ok":false,"error":"the method must be {{allowed}}"}"""));
    }

    [TestCase("/")]
    [TestCase("/api")]
    [TestCase("/api/cron")]
    [TestCase("/ProcessOfflineConversionsTimer")]
    [TestCase("/api/cron/process-offline-conversions/x")]
    public async Task An_unknown_path_is_not_found(string path)
    {
        using var response = await _app.PostAsync(path);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        // The Functions host says it in no words: the request never reaches the app.
        Assert.That(
            await response.Content.ReadAsStringAsync(),
            Is.EqualTo(host == HostKind.Serve ? """{"ok":false,"error":"there is nothing at this path"}""" : ""));
    }

    [TestCase("limit=0")]
    [TestCase("limit=10001")]
    [TestCase("limit=-1")]
    [TestCase("limit=%2B5")]
    [TestCase("limit=5.0")]
    [TestCase("limit=1e3")]
    [TestCase("limit=0x10")]
    [TestCase("limit=ten")]
    [TestCase("limit=")]
    [TestCase("limit")]
    [TestCase("limit=%205")]
    [TestCase("limit=99999999999999999999")]
    [TestCase("limit=%D9%A5")]
    public async Task A_limit_out_of_range_is_told_the_range(string query) =>
        await AssertBadRequestAsync($"{Paths.Upload}?{query}", "limit must be a whole number from 1 to 10000");

    [TestCase("min_age_minutes=0")]
    [TestCase("min_age_minutes=1441")]
    [TestCase("min_age_minutes=soon")]
    public async Task An_age_out_of_range_is_told_the_range(string query) =>
        await AssertBadRequestAsync($"{Paths.Recover}?{query}", "min_age_minutes must be a whole number from 1 to 1440");

    [TestCase("limit=1&limit=2")]
    [TestCase("limit=1&LIMIT=1")]
    [TestCase("limit=1,2")]
    public async Task A_repeated_parameter_is_refused_in_the_same_words_by_every_host(string query) =>
        await AssertBadRequestAsync($"{Paths.Upload}?{query}", "limit must be a whole number from 1 to 10000");

    [TestCase("")]
    [TestCase("meta_ads")]
    [TestCase("GOOGLE_ADS")]
    public async Task An_unknown_provider_is_told_the_known_ones(string key) =>
        await AssertBadRequestAsync($"{Paths.Upload}?provider_key={key}", "provider_key must be one of: google_ads");

    [Test]
    public async Task An_unknown_parameter_is_named_and_cut_short()
    {
        await AssertBadRequestAsync(
            $"{Paths.Upload}?limits=5", "unknown query parameter: limits; known: limit, provider_key");
        await AssertBadRequestAsync($"{Paths.Seed}?x", "unknown query parameter: x; known: none");
        await AssertBadRequestAsync(
            $"{Paths.Recover}?{new string('a', 500)}=1",
            $"unknown query parameter: {new string('a', 50)}...; known: min_age_minutes");
    }

    [TestCase("limit=1")]
    [TestCase("limit=10000")]
    [TestCase("provider_key=google_ads")]
    [TestCase("")]
    public async Task A_good_query_gets_as_far_as_the_database(string query)
    {
        using var response = await _app.PostAsync($"{Paths.Upload}?{query}");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
        Assert.That(
            await response.Content.ReadAsStringAsync(),
            Is.EqualTo("""{"ok":false,"error":"the database cannot be reached"}"""));
    }

    [Test]
    public async Task Answers_say_nothing_of_the_server_and_are_not_kept()
    {
        using var response = await _app.Http.GetAsync(Paths.Health);

        Assert.That(response.Headers.Server, Is.Empty);
        Assert.That(response.Headers.CacheControl?.NoStore, Is.True);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
    }

    private async Task AssertBadRequestAsync(string path, string error)
    {
        using var response = await _app.PostAsync(path);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(
            await response.Content.ReadAsStringAsync(), Is.EqualTo($$"""{"ok":false,"error":"{{error}}"}"""));
    }
}
