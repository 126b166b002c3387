using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.StatusPage;

/// <summary>Who is let in, and in which form the answer comes.</summary>
[TestFixtureSource(typeof(HostedWorker), nameof(HostedWorker.Kinds))]
internal sealed class StatusEndpointTests(HostKind host)
{
    private StatusPageApp _app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _app = await StatusPageApp.StartAsync(3, troubled: true, host);

    [OneTimeTearDown]
    public async Task StopAsync() => await _app.DisposeAsync();

    [TestCase(null)]
    [TestCase("Bearer wrong")]
    [TestCase("Bearer ")]
    [TestCase("Basic !!!")]
    [TestCase("Basic")]
    [TestCase("Digest x")]
    public async Task Without_the_secret_it_asks_to_sign_in_and_tells_nothing(string? authorization)
    {
        using var response = await GetAsync("", ("Authorization", authorization), ("Accept", "text/html"));
        var text = await response.Content.ReadAsStringAsync();

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(response.Headers.WwwAuthenticate.ToString(), Does.StartWith("Basic realm=\"OpsMantik status\""));
        Assert.That(text, Does.StartWith("{\"ok\":false").And.Not.Contain("google"));
    }

    [TestCase("anyone", HostedWorker.Secret, HttpStatusCode.OK)]
    [TestCase("", HostedWorker.Secret, HttpStatusCode.OK)]
    [TestCase("anyone", "wrong", HttpStatusCode.Unauthorized)]
    [TestCase(HostedWorker.Secret, "", HttpStatusCode.Unauthorized)]
    [TestCase("anyone", HostedWorker.Secret + "x", HttpStatusCode.Unauthorized)]
    public async Task A_browser_signs_in_with_any_name_and_the_secret(string name, string password, HttpStatusCode expected)
    {
        using var response = await GetAsync("", ("Authorization", Basic($"{name}:{password}")));

        Assert.That(response.StatusCode, Is.EqualTo(expected));
    }

    // A header sent from outside: nobody trusts it, and without Azure's sign-in a worker that would does not start.
    [TestCase(false, "aad", "someone", HttpStatusCode.Unauthorized)]
    [TestCase(true, "aad", "someone", HttpStatusCode.OK)]
    [TestCase(true, "aad", "", HttpStatusCode.Unauthorized)]
    [TestCase(true, "twitter", "someone", HttpStatusCode.Unauthorized)]
    [TestCase(true, null, "someone", HttpStatusCode.Unauthorized)]
    public async Task Whom_azure_signed_in_gets_in_only_where_the_settings_trust_it(
        bool trusted, string? idp, string id, HttpStatusCode expected)
    {
        await using var app = await HostedWorker.StartAsync(
            host,
            ("ConnectionStrings:OpsMantik", _app.Database.WorkerConnectionString),
            ("WEBSITE_AUTH_ENABLED", "True"),
            ("StatusPage:TrustEasyAuth", trusted ? "true" : null));

        using var response = await SendAsync(
            app, Paths.Status, ("X-MS-CLIENT-PRINCIPAL-IDP", idp), ("X-MS-CLIENT-PRINCIPAL-ID", id));

        Assert.That(response.StatusCode, Is.EqualTo(expected));
        using var post = await app.PostAsync(Paths.Upload, secret: null);
        Assert.That(post.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), "a sign-in opens the page and starts no run");
    }

    [Test]
    public async Task Without_a_usable_secret_it_stays_shut()
    {
        await using var app = await HostedWorker.StartAsync(host, ("CRON_SECRET", ""));

        foreach (var authorization in new[] { null, "Bearer ", Basic("x:"), Basic(":") })
        {
            using var response = await SendAsync(app, Paths.Status, ("Authorization", authorization));
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden), authorization);
        }
    }

    [TestCase(null, "application/json")]
    [TestCase("*/*", "application/json")]
    [TestCase("application/json", "application/json")]
    [TestCase("application/json, text/html;q=0.1", "application/json")]
    [TestCase("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html")]
    public async Task Browsers_get_a_page_and_everybody_else_json(string? accept, string expected)
    {
        using var response = await GetAsync("", ("Authorization", $"Bearer {HostedWorker.Secret}"), ("Accept", accept));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(response.Content.Headers.ContentType!.MediaType, Is.EqualTo(expected));
        Assert.That(response.Headers.Vary, Is.EqualTo(new[] { "Accept" }));
        Assert.That(response.Headers.CacheControl!.NoStore, Is.True);
    }

    [Test]
    public async Task The_page_is_locked_down()
    {
        using var response = await PageAsync("");

        var policy = string.Join(' ', response.Headers.GetValues("Content-Security-Policy"));
        Assert.That(policy, Does.StartWith("default-src 'none';").And.Contain("frame-ancestors 'none'").And.Not.Contain("unsafe"));
        Assert.That(response.Headers.GetValues("X-Content-Type-Options"), Is.EqualTo(new[] { "nosniff" }));
        Assert.That(response.Headers.GetValues("Referrer-Policy"), Is.EqualTo(new[] { "no-referrer" }));
        Assert.That(response.Headers.GetValues("X-Frame-Options"), Is.EqualTo(new[] { "DENY" }));
        var page = await response.Content.ReadAsStringAsync();
        Assert.That(page, Does.Not.Match("(src|href)=\"https?:"), "it loads nothing from elsewhere");
        Assert.That(policy, Does.Contain($"style-src {DigestOf("style", page)};").And.Contain($"script-src {DigestOf("script", page)};"));
    }

    [Test]
    public async Task The_json_says_the_same_as_the_page()
    {
        using var response = await GetAsync("", ("Authorization", $"Bearer {HostedWorker.Secret}"));
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        var root = json.RootElement;

        Assert.That(root.GetProperty("sites_in_need").GetInt32(), Is.EqualTo(3));
        Assert.That(
            root.GetProperty("in_need").EnumerateArray().Select(site => site.GetProperty("need").GetString()),
            Is.EqualTo(new[] { "Revoked", "Parked", "CircuitOpen" }));
        Assert.That(root.GetProperty("latest_failures")[0].GetProperty("meaning").GetProperty("who").GetString(), Is.EqualTo("SiteOwner"));
        Assert.That(root.GetProperty("backlog").GetArrayLength(), Is.GreaterThan(100));
        Assert.That(root.GetProperty("ticks").GetArrayLength(), Is.EqualTo(3));
    }

    [Test]
    public async Task A_sites_page_and_json_tell_of_its_rows()
    {
        var site = await _app.HostileSiteAsync();
        using var response = await PageAsync($"?site={site}");
        var page = await response.Content.ReadAsStringAsync();

        Assert.That(page, Does.Contain($"<code>{site}</code>").And.Contain("NO_CONVERSION_ACTION_FOUND"));
        Assert.That(page, Does.Contain("&lt;script&gt;hacked = 1&lt;/script&gt;").And.Not.Contain("<script>hacked"));
        using var other = await GetAsync($"?site={site}", ("Authorization", $"Bearer {HostedWorker.Secret}"));
        using var json = JsonDocument.Parse(await other.Content.ReadAsStringAsync());
        Assert.That(json.RootElement.GetProperty("rows")[0].GetProperty("message").GetString(), Is.EqualTo(StatusPageApp.HostileMessage));
    }

    [TestCase("?site=no-site-is-called-so", HttpStatusCode.OK)]
    [TestCase("?site=", HttpStatusCode.OK)]
    [TestCase("?sort=failed&page=1", HttpStatusCode.OK)]
    [TestCase("?sort=size", HttpStatusCode.BadRequest)]
    [TestCase("?page=0", HttpStatusCode.BadRequest)]
    [TestCase("?sites=1", HttpStatusCode.BadRequest)]
    [TestCase("?provider_key=other", HttpStatusCode.BadRequest)]
    [TestCase("?site=00000000-0000-0000-0000-000000000001", HttpStatusCode.NotFound)]
    public async Task A_query_is_answered_or_refused(string query, HttpStatusCode expected)
    {
        foreach (var accept in new[] { "text/html", "*/*" })
        {
            using var response = await GetAsync(query, ("Authorization", $"Bearer {HostedWorker.Secret}"), ("Accept", accept));
            Assert.That(response.StatusCode, Is.EqualTo(expected), accept);
        }
    }

    [Test]
    public async Task Only_get_is_allowed()
    {
        using var response = await _app.Worker.PostAsync(Paths.Status);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        Assert.That(response.Content.Headers.Allow, Is.EqualTo(new[] { "GET" }));
    }

    [Test]
    public async Task Without_a_database_it_is_unavailable()
    {
        await using var app = await HostedWorker.StartAsync(host);
        using var response = await app.SendAsync(HttpMethod.Get, Paths.Status);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
    }

    [Test]
    public async Task A_run_leaves_its_tick_and_a_sample_of_the_backlog()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var app = await HostedWorker.StartAsync(host, ("ConnectionStrings:OpsMantik", database.WorkerConnectionString));
        foreach (var path in new[] { Paths.Upload, Paths.Recover, Paths.Confirm, Paths.Upload })
            using (await app.PostAsync(path))
            { }

        Assert.That(
            await database.ScalarAsync<string[]>("select array_agg(job order by job) from worker_ticks"),
            Is.EqualTo(new[] { "confirm", "recovery", "upload" }));
        Assert.That(await database.ScalarAsync<long>("select count(*) from provider_backlog_samples"), Is.InRange(1, 2));
    }

    private Task<HttpResponseMessage> PageAsync(string query) =>
        GetAsync(query, ("Authorization", $"Bearer {HostedWorker.Secret}"), ("Accept", "text/html"));

    private Task<HttpResponseMessage> GetAsync(string query, params (string Name, string? Value)[] headers) =>
        SendAsync(_app.Worker, Paths.Status + query, headers);

    private static async Task<HttpResponseMessage> SendAsync(
        HostedWorker app, string path, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach (var (name, value) in headers.Where(header => header.Value is not null))
            request.Headers.TryAddWithoutValidation(name, value);
        var response = await app.Http.SendAsync(request);
        Canary.AssertAbsent("an answer", [await response.Content.ReadAsStringAsync(), response.Headers.ToString()]);
        return response;
    }

    // Of the page's only element of that name, as it was sent.
    private static string DigestOf(string element, string page)
    {
        var text = page.Split($"<{element}>").Last().Split($"</{element}>")[0];
        Assert.That(page.Split($"<{element}"), Has.Length.EqualTo(2), element);
        return $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";
    }

    private static string Basic(string pair) => $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(pair))}";
}
