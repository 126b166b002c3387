using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Functions.Hosting;

internal sealed class ForwardedRequestTests
{
    [Test]
    public async Task An_http_function_answers_at_its_own_path_and_checks_the_caller_itself()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var host = await HostDouble.StartAsync(
            ("ConnectionStrings:OpsMantik", database.WorkerConnectionString));

        using var health = await host.ForwardAsync(HttpMethod.Get, Paths.Health);
        using var upload = await host.ForwardAsync(HttpMethod.Post, Paths.Upload + "?limit=5", RunningApp.Secret);
        using var stranger = await host.ForwardAsync(HttpMethod.Post, Paths.Upload);
        using var wrongMethod = await host.ForwardAsync(HttpMethod.Get, Paths.Upload, RunningApp.Secret);
        using var body = JsonContent.Create(new { site_id = "nowhere" });
        using var seed = await host.ForwardAsync(HttpMethod.Post, Paths.Seed, RunningApp.Secret, body);

        Assert.Multiple(async () =>
        {
            Assert.That(health.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(upload.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((bool?)(await upload.Content.ReadFromJsonAsync<JsonNode>())!["ok"], Is.True);
            Assert.That(stranger.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(wrongMethod.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
            Assert.That(seed.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        });
    }

    [Test]
    public async Task Without_a_database_every_run_fails_without_a_secret()
    {
        await using var host = await HostDouble.StartAsync();

        using var timer = await host.InvokeAsync(
            FunctionNames.ProcessOfflineConversionsTimer, Invocations.WithoutStatus);
        using var twin = await host.ForwardAsync(HttpMethod.Post, Paths.Upload, RunningApp.Secret);

        Assert.Multiple(async () =>
        {
            Assert.That(timer.StatusCode, Is.EqualTo(HttpStatusCode.ServiceUnavailable));
            Assert.That(twin.StatusCode, Is.EqualTo(timer.StatusCode));
            Assert.That(await timer.Content.ReadAsStringAsync(), Is.EqualTo(await twin.Content.ReadAsStringAsync()));
            Assert.That(await timer.Content.ReadAsStringAsync(), Does.Contain("database").And.Not.Contain("CANARY-"));
        });
    }
}
