using System.Net;
using OpsMantik.Functions.Tests.Hosts;

namespace OpsMantik.Functions.Tests.Web.Endpoints;

[TestFixtureSource(typeof(HostedWorker), nameof(HostedWorker.Kinds))]
internal sealed class SeedEnvironmentTests(HostKind host)
{
    [TestCase(null)]
    [TestCase("")]
    [TestCase("Production")]
    [TestCase("production")]
    [TestCase("Dev")]
    [TestCase("Development ")]
    public async Task Outside_development_and_staging_seeding_is_forbidden_before_anything_is_looked_at(string? environment)
    {
        await using var app = await HostedWorker.StartAsync(
            host, ("AZURE_FUNCTIONS_ENVIRONMENT", environment), ("CRON_SECRET", HostedWorker.StrongSecret));
        using var good = await app.PostAsync(Paths.Seed, secret: HostedWorker.StrongSecret);
        using var unknown = await app.PostAsync(Paths.Seed, secret: null);
        using var read = await app.SendAsync(HttpMethod.Get, Paths.Seed + "?x=1");
        using var large = await app.PostAsync(Paths.Seed, new ByteArrayContent(new byte[100_000]));

        foreach (var response in new[] { good, unknown, read, large })
        {
            Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("AZURE_FUNCTIONS_ENVIRONMENT"));
        }
    }

    [TestCase("Development")]
    [TestCase("development")]
    [TestCase("Staging")]
    [TestCase("STAGING")]
    public async Task In_development_and_staging_the_body_is_looked_at(string environment)
    {
        await using var app = await HostedWorker.StartAsync(
            host, ("AZURE_FUNCTIONS_ENVIRONMENT", environment), ("CRON_SECRET", HostedWorker.StrongSecret));

        using var response = await app.PostAsync(Paths.Seed, secret: HostedWorker.StrongSecret);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }
}
