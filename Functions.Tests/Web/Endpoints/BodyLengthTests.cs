using System.Net;
using System.Net.Sockets;
using System.Text;
using OpsMantik.Functions.Tests.Hosts;

namespace OpsMantik.Functions.Tests.Web.Endpoints;

[TestFixtureSource(typeof(HostedWorker), nameof(HostedWorker.Kinds))]
internal sealed class BodyLengthTests(HostKind host)
{
    private const int Max = 64 * 1024;

    private HostedWorker _app = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _app = await HostedWorker.StartAsync(host);

    [OneTimeTearDown]
    public async Task StopAsync() => await _app.DisposeAsync();

    [TestCase(Paths.Seed, Max + 1, false)]
    [TestCase(Paths.Seed, Max + 1, true)]
    [TestCase(Paths.Seed, 15 * Max, false)]
    [TestCase(Paths.Upload, Max + 1, true)]
    [TestCase(Paths.Recover, Max + 1, false)]
    public async Task A_body_over_64_KiB_is_refused_whether_it_tells_its_length_or_not(string path, int length, bool chunked)
    {
        using var response = await PostAsync(path, length, chunked);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.RequestEntityTooLarge));
        Assert.That(
            await response.Content.ReadAsStringAsync(),
            Is.EqualTo("""{"ok":false,"error":"the body must be at most 65536 bytes"}"""));
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_body_of_64_KiB_is_read(bool chunked)
    {
        using var response = await PostAsync(Paths.Seed, Max, chunked);

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest), "read, and found to be no JSON");
    }

    [Test]
    public async Task A_malformed_body_is_the_callers_fault()
    {
        var status = await RawHttp.SendChunksAsync(_app.Http.BaseAddress!, "no length\r\n");

        Assert.That(status, Does.Contain("400"));
        Assert.That(_app.Logs, Has.None.Contains("correlation id"));
    }

    private Task<HttpResponseMessage> PostAsync(string path, int length, bool chunked)
    {
        var body = new byte[length];
        HttpContent content = chunked ? new StreamContent(new UnknownLength(body)) : new ByteArrayContent(body);
        // A connection whose body was refused half-way may be closed behind its answer: no request may inherit it.
        _app.Http.DefaultRequestHeaders.ConnectionClose = true;
        return _app.PostAsync(path, content);
    }

    private sealed class UnknownLength(byte[] body) : MemoryStream(body)
    {
        public override bool CanSeek => false;
    }
}

/// <summary>What only a web server of our own can answer: the Functions host waits for the end of a body.</summary>
internal sealed class EndlessBodyTests
{
    [Test]
    public async Task An_endless_body_is_answered_without_waiting_for_its_end()
    {
        await using var app = await RunningApp.StartAsync();

        var status = await RawHttp.SendChunksAsync(app.Http.BaseAddress!, "10001\r\n" + new string(' ', 0x10001) + "\r\n");

        Assert.That(status, Does.Contain("413"));
    }
}

/// <summary>A request whose body is written as it is.</summary>
internal static class RawHttp
{
    /// <returns>The first line of the answer.</returns>
    public static async Task<string?> SendChunksAsync(Uri address, string chunks)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        var head = $"POST {Paths.Seed} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {HostedWorker.Secret}\r\n"
            + "Transfer-Encoding: chunked\r\n\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head + chunks));
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync();
    }
}
