using System.Net;
using System.Text.Json;
using OpsMantik.Functions.Tests.Hosts;

namespace OpsMantik.Functions.Tests.StatusPage;

/// <summary>The page of a sale, under each host.</summary>
[TestFixtureSource(typeof(HostedWorker), nameof(HostedWorker.Kinds))]
internal sealed class SaleEndpointTests(HostKind host)
{
    private const string Click = "Cj0KCQiA-the-click-of-a-person";

    private StatusPageApp _app = null!;
    private Guid _sale;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        _app = await StatusPageApp.StartAsync(3, troubled: true, host);
        await _app.Database.ExecuteAsync("update offline_conversion_queue set gclid = $1 where last_error = $2", Click, StatusPageApp.HostileMessage);
        _sale = await _app.Database.ScalarAsync<Guid>("select sale_id from offline_conversion_queue where last_error = $1 limit 1", StatusPageApp.HostileMessage);
    }

    [OneTimeTearDown]
    public async Task StopAsync() => await _app.DisposeAsync();

    [Test]
    public async Task It_tells_the_life_of_a_sale_and_shortens_its_click_id()
    {
        var (status, page) = await GetAsync($"{_sale}", "text/html");
        var (_, json) = await GetAsync($"{_sale}", "*/*");

        Assert.That(status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(page, Does.Contain($"<code>{_sale}</code>").And.Contain("This sale is sent again").And.Contain("gclid Cj0KCQ…"));
        Assert.That(page, Does.Contain("NO_CONVERSION_ACTION_FOUND").And.Contain("&lt;script&gt;hacked = 1").And.Not.Contain("<script>hacked"));
        Assert.That(page + json, Does.Not.Contain(Click));
        using var document = JsonDocument.Parse(json);
        Assert.That(document.RootElement.GetProperty("row").GetProperty("sale_id").GetGuid(), Is.EqualTo(_sale));
        Assert.That(document.RootElement.GetProperty("batches").GetArrayLength(), Is.GreaterThan(0));
        Assert.That(document.RootElement.GetProperty("audit").GetArrayLength(), Is.Zero);
    }

    [TestCase("text/html")]
    [TestCase("*/*")]
    public async Task What_is_no_sale_is_refused_or_unknown(string accept)
    {
        Assert.That((await GetAsync("12", accept)).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await GetAsync($"{_sale}?x=1", accept)).Status, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((await GetAsync($"{Guid.Empty}", accept)).Status, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [TestCase(null, HttpStatusCode.Unauthorized)]
    [TestCase("wrong", HttpStatusCode.Unauthorized)]
    [TestCase(HostedWorker.Secret, HttpStatusCode.OK)]
    public async Task It_has_the_gates_of_the_status_page(string? secret, HttpStatusCode expected)
    {
        using var response = await _app.Worker.SendAsync(HttpMethod.Get, $"{Paths.Status}/sale/{_sale}", secret: secret);

        Assert.That(response.StatusCode, Is.EqualTo(expected));
        using var post = await _app.Worker.PostAsync($"{Paths.Status}/sale/{_sale}");
        Assert.That(post.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
    }

    private async Task<(HttpStatusCode Status, string Text)> GetAsync(string sale, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Paths.Status}/sale/{sale}");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {HostedWorker.Secret}");
        using var response = await _app.Worker.Http.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
