using System.Net;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Web.Endpoints;

/// <summary>The endpoints on a real database.</summary>
[TestFixtureSource(typeof(HostedWorker), nameof(HostedWorker.Kinds))]
internal sealed class DatabaseTests(HostKind host)
{
    private static readonly string Fine = HealthOf(true, "ok", "ok");

    [Test]
    public async Task Each_endpoint_answers_with_the_runbooks_body()
    {
        await using var database = await TestDatabase.CreateAsync();
        var site = Guid.NewGuid();
        await database.ExecuteAsync("insert into sites (id) values ($1)", site);
        await using var app = await StartAsync(database.WorkerConnectionString);

        foreach (var secret in new[] { null, "CANARY-other" })
            await AssertAnswerAsync(app.SendAsync(HttpMethod.Get, Paths.Health, null, secret), HttpStatusCode.OK, """{"ok":true}""");
        await AssertAnswerAsync(app.SendAsync(HttpMethod.Get, Paths.Health), HttpStatusCode.OK, Fine);
        await AssertAnswerAsync(
            app.PostAsync(Paths.Upload + "?limit=50&provider_key=google_ads"),
            HttpStatusCode.OK,
            """{"ok":true,"processed":0,"completed":0,"failed":0,"retry":0,"submitted":0,"corrected":0}""");
        await AssertAnswerAsync(
            app.PostAsync(Paths.Recover + "?min_age_minutes=15"), HttpStatusCode.OK, """{"ok":true,"recovered":0}""");
        await AssertAnswerAsync(
            app.PostAsync(Paths.Confirm),
            HttpStatusCode.OK,
            """{"ok":true,"checked":0,"completed":0,"failed":0,"retry":0,"pending":0}""");
        await AssertAnswerAsync(
            app.PostAsync(Paths.Reconcile),
            HttpStatusCode.OK,
            """{"ok":true,"sites":0,"agree":0,"fewer":0,"not_comparable":0,"unanswered":0,"need_person":0}""");
        await AssertAnswerAsync(
            app.PostAsync($"{Paths.Reconcile}?site={site}"), HttpStatusCode.NotFound, """{"ok":false,"error":"the site has no active credentials"}""");
        await AssertAnswerAsync(
            app.PostAsync(Paths.Seed, SeedBody(site)),
            HttpStatusCode.Forbidden,
            """{"ok":false,"error":"the database login may not store credentials: grant opsmantik_operator to it"}""");
    }

    [Test]
    public async Task An_operators_login_seeds_an_unknown_site_is_not_found_and_incomplete_credentials_are_named()
    {
        await using var database = await TestDatabase.CreateAsync();
        var site = await database.AddSiteAsync();
        await using var app = await StartAsync(database.OperatorConnectionString);

        await AssertAnswerAsync(
            app.PostAsync(Paths.Seed, SeedBody(site)),
            HttpStatusCode.OK,
            $$"""{"ok":true,"site_id":"{{site}}","provider_key":"google_ads"}""");
        Assert.That(
            await database.ScalarAsync<string>("select encrypted_payload from provider_credentials where site_id = $1", site),
            Is.Not.Null.And.Not.Contains("CANARY-"));

        await AssertAnswerAsync(
            app.PostAsync(Paths.Seed, SeedBody(Guid.NewGuid())),
            HttpStatusCode.NotFound,
            """{"ok":false,"error":"there is no site with this site_id"}""");
        await AssertAnswerAsync(
            app.PostAsync(Paths.Seed, SeedBody(Guid.NewGuid(), customerId: "12")),
            HttpStatusCode.BadRequest,
            """{"ok":false,"error":"customer_id must be 10 digits, as 123-456-7890."}""");
    }

    [Test]
    public async Task A_database_that_is_away_locks_the_posts_and_shows_in_the_health()
    {
        await using var app = await HostedWorker.StartAsync(host);

        foreach (var post in new[] { app.PostAsync(Paths.Upload), app.PostAsync(Paths.Recover), app.PostAsync(Paths.Confirm), app.PostAsync(Paths.Reconcile) })
        {
            await AssertAnswerAsync(
                post, HttpStatusCode.ServiceUnavailable, """{"ok":false,"error":"the database cannot be reached"}""");
        }

        await AssertAnswerAsync(app.Http.GetAsync(Paths.Health), HttpStatusCode.ServiceUnavailable, """{"ok":false}""");
        await AssertAnswerAsync(
            app.SendAsync(HttpMethod.Get, Paths.Health), HttpStatusCode.ServiceUnavailable, HealthOf(false, "unreachable", "unknown"));
    }

    [Test]
    public async Task A_database_that_comes_after_the_app_is_found_and_one_without_schema_is_told()
    {
        await using var neighbour = await TestDatabase.CreateEmptyAsync();
        var name = $"late_{Guid.NewGuid():N}";
        await using var app = await StartAsync(With(neighbour.WorkerConnectionString, name));
        await Eventually.TrueAsync(() => app.Logs.Any(line => line.Contains("cannot be reached")), "noticed");

        await neighbour.ExecuteAsync($"create database {name}");
        try
        {
            using var early = await app.PostAsync(Paths.Upload);
            Assert.That(early.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            Assert.That(await early.Content.ReadAsStringAsync(), Does.Contain("migrate --database"));
            await AssertAnswerAsync(
                app.SendAsync(HttpMethod.Get, Paths.Health), HttpStatusCode.ServiceUnavailable, HealthOf(false, "ok", "outdated"));

            SchemaMigrator.Migrate(With(neighbour.AdminConnectionString, name));
            using var late = await app.PostAsync(Paths.Upload);
            Assert.That(late.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            await HealthBecomesAsync(app, Fine);
        }
        finally
        {
            await neighbour.ExecuteAsync($"drop database {name} with (force)");
        }
    }

    private static string HealthOf(bool ok, string database, string schema) =>
        $$"""{"ok":{{(ok ? "true" : "false")}},"database":"{{database}}","schema":"{{schema}}","vault_key":"ok","cron_secret":"ok","google_api":"ok","version":"{{WorkerApp.Version}}"}""";

    // The database is looked at again after five seconds.
    private static async Task HealthBecomesAsync(HostedWorker app, string body)
    {
        for (var attempt = 0; attempt < 100 && await app.HealthAsync() != body; attempt++)
            await Task.Delay(100);
        Assert.That(await app.HealthAsync(), Is.EqualTo(body));
    }

    private static string With(string connectionString, string database) =>
        new NpgsqlConnectionStringBuilder(connectionString) { Database = database }.ConnectionString;

    private Task<HostedWorker> StartAsync(string connectionString) =>
        HostedWorker.StartAsync(host, ("ConnectionStrings:OpsMantik", connectionString));

    private static StringContent SeedBody(Guid site, string customerId = "123-456-7890") => new(
        $$$"""
        {"site_id":"{{{site}}}","provider_key":"google_ads","credentials":{"customer_id":"{{{customerId}}}",
         "developer_token":"CANARY-developer","client_id":"CANARY-id","client_secret":"CANARY-secret",
         "refresh_token":"CANARY-refresh","conversion_action_resource_name":"customers/1234567890/conversionActions/1"}}
        """);

    private static async Task AssertAnswerAsync(Task<HttpResponseMessage> request, HttpStatusCode status, string body)
    {
        using var response = await request;
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo(body));
        Assert.That(response.StatusCode, Is.EqualTo(status));
    }
}
