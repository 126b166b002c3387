using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Web.Endpoints;

/// <summary>Every endpoint, every way in which it can answer, under both hosts.</summary>
[TestFixtureSource(typeof(HostedWorker), nameof(HostedWorker.Kinds))]
internal sealed class AnswerHeadersTests(HostKind host)
{
    private static readonly string[] Posts = [Paths.Upload, Paths.Recover, Paths.Confirm, Paths.Reconcile, Paths.Seed];

    private HostedWorker _app = null!;

    private static IEnumerable<TestCaseData> Calls =>
    [
        .. Posts.SelectMany(path => new[]
        {
            Call("POST", path, HttpStatusCode.Forbidden, secret: null),
            Call("POST", path, HttpStatusCode.Forbidden, secret: "CANARY-other"),
            Call("GET", path, HttpStatusCode.MethodNotAllowed),
            Call("OPTIONS", path, HttpStatusCode.MethodNotAllowed),
            Call("POST", path + "?unknown=1", HttpStatusCode.BadRequest),
            Call("POST", path, HttpStatusCode.RequestEntityTooLarge, length: 65_537),
            Call("POST", path, path == Paths.Seed ? HttpStatusCode.BadRequest : HttpStatusCode.ServiceUnavailable),
        }),
        Call("GET", Paths.Health, HttpStatusCode.ServiceUnavailable),
        Call("GET", Paths.Health, HttpStatusCode.ServiceUnavailable, secret: null),
        Call("GET", Paths.Health + "?unknown", HttpStatusCode.BadRequest, secret: null),
        Call("DELETE", Paths.Health, HttpStatusCode.MethodNotAllowed, secret: null),
        Call("GET", Paths.Status, HttpStatusCode.Unauthorized, secret: null),
        Call("GET", Paths.Status, HttpStatusCode.ServiceUnavailable),
        Call("GET", Paths.Status + "?page=0", HttpStatusCode.BadRequest),
        Call("POST", Paths.Status, HttpStatusCode.MethodNotAllowed),
        Call("GET", "/", HttpStatusCode.NotFound, secret: null),
        Call("GET", "/api", HttpStatusCode.NotFound, secret: null),
        Call("POST", "/api/unknown", HttpStatusCode.NotFound),
    ];

    [OneTimeSetUp]
    public async Task StartAsync() => _app = await HostedWorker.StartAsync(host);

    [OneTimeTearDown]
    public async Task StopAsync() => await _app.DisposeAsync();

    [TestCaseSource(nameof(Calls))]
    public async Task An_answer_is_not_kept_not_guessed_at_and_says_nothing_of_the_server(
        string method, string path, HttpStatusCode status, string? secret, int length)
    {
        using var body = new ByteArrayContent(new byte[length]);

        using var response = await _app.SendAsync(new HttpMethod(method), path, length == 0 ? null : body, secret);

        Assert.That(response.StatusCode, Is.EqualTo(status));
        AssertHeaders(response);
    }

    internal static void AssertHeaders(HttpResponseMessage response) => Assert.Multiple(() =>
    {
        Assert.That(ValueOf(response, "Cache-Control"), Is.EqualTo("no-store"));
        Assert.That(ValueOf(response, "X-Content-Type-Options"), Is.EqualTo("nosniff"));
        Assert.That(ValueOf(response, "Referrer-Policy"), Is.EqualTo("no-referrer"));
        Assert.That(ValueOf(response, "Content-Security-Policy"), Is.EqualTo("default-src 'none'; frame-ancestors 'none'"));
        Assert.That(ValueOf(response, "Server"), Is.Null);
        Assert.That(ValueOf(response, "X-Powered-By"), Is.Null);
    });

    internal static string? ValueOf(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join("; ", values) : null;

    private static TestCaseData Call(
        string method, string path, HttpStatusCode status, string? secret = HostedWorker.Secret, int length = 0) =>
        new TestCaseData(method, path, status, secret, length).SetArgDisplayNames(
            method, path, $"{(int)status}", secret is null ? "no secret" : secret == HostedWorker.Secret ? "the secret" : "a wrong secret", $"{length}");
}

/// <summary>What only a web server of our own can do.</summary>
internal sealed class OwnServerHeadersTests
{
    [Test]
    public async Task What_the_framework_throws_is_answered_with_the_same_headers_and_without_its_words()
    {
        await using var app = await RunningApp.StartAsync(services => services.AddSingleton<IStartupFilter>(new Throwing()));

        using var response = await app.Http.GetAsync(Paths.Health);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.InternalServerError));
        AnswerHeadersTests.AssertHeaders(response);
        Assert.That(await response.Content.ReadAsStringAsync(), Does.StartWith("""{"ok":false,"error":"internal error","correlation_id":""").And.Not.Contain("words"));
        await Eventually.TrueAsync(() => app.Logs.Any(line => line.Contains("words of the framework")), "logged");
    }

    [Test]
    public async Task Where_TLS_ends_with_us_a_browser_is_told_to_come_by_no_other_way()
    {
        using var certificate = SelfSigned();
        await using var secure = await RunningApp.StartAsync(services => services.Configure<KestrelServerOptions>(
            options => options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate))));
        await using var plain = await RunningApp.StartAsync();
        using var http = new HttpClient(new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == certificate.Thumbprint },
        });

        using var overTls = await http.GetAsync(new Uri(secure.Http.BaseAddress!, Paths.Health));
        using var inTheClear = await plain.Http.GetAsync(Paths.Health);

        Assert.That(overTls.RequestMessage!.RequestUri!.Scheme, Is.EqualTo("https"));
        Assert.That(AnswerHeadersTests.ValueOf(overTls, "Strict-Transport-Security"), Is.EqualTo("max-age=31536000"));
        Assert.That(AnswerHeadersTests.ValueOf(inTheClear, "Strict-Transport-Security"), Is.Null);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private sealed class Throwing : IStartupFilter
    {
        public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
        {
            app.Use((HttpContext _, RequestDelegate _) => throw new InvalidOperationException("words of the framework"));
            next(app);
        };
    }
}
