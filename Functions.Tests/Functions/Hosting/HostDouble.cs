using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using OpsMantik.Functions.Tests.Functions.Startup;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.Postgres;

namespace OpsMantik.Functions.Tests.Functions.Hosting;

/// <summary>Plays the Functions host: starts the published app, waits until it listens and calls it.</summary>
internal sealed class HostDouble : IAsyncDisposable
{
    private readonly AppProcess _app;
    private readonly HttpClient _http;

    private HostDouble(AppProcess app, int port)
    {
        _app = app;
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("Azure-Functions-Host/4.1046.100");
        _http.DefaultRequestHeaders.Add("X-Azure-Functions-HostVersion", "4.1046.100");
    }

    public static async Task<HostDouble> StartAsync(params (string Name, string? Value)[] settings)
    {
        var port = LoopbackPort.FindFree();
        using var description = JsonDocument.Parse(File.ReadAllText(Path.Combine(PublishedApp.Folder, "host.json")));
        var executable = description.RootElement.GetProperty("customHandler").GetProperty("description")
            .GetProperty("defaultExecutablePath").GetString()!;
        var start = new ProcessStartInfo(Path.Combine(PublishedApp.Folder, executable))
        {
            WorkingDirectory = PublishedApp.Folder,
        };
        var app = AppProcess.Start(
            start,
            [("FUNCTIONS_CUSTOMHANDLER_PORT", $"{port}"), ("FUNCTIONS_CUSTOMHANDLER_WORKER_ID", $"{Guid.NewGuid()}"),
                .. settings]);
        var host = new HostDouble(app, port);
        await host.WaitUntilReadyAsync();
        return host;
    }

    /// <summary>Runs a timer as the host does: the body has no announced length.</summary>
    public async Task<HttpResponseMessage> InvokeAsync(string function, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        return await SendAsync(HttpMethod.Post, $"/{function}", content);
    }

    /// <summary>Passes on a request from outside, with what the front ends added to it.</summary>
    public Task<HttpResponseMessage> ForwardAsync(
        HttpMethod method, string path, string? secret = null, HttpContent? body = null) =>
        SendAsync(method, path, body, headers =>
        {
            headers.Add("X-Forwarded-For", "203.0.113.7:50123");
            headers.Add("X-Forwarded-Proto", "https");
            headers.Add("X-ARR-LOG-ID", $"{Guid.NewGuid()}");
            headers.Add("X-Original-URL", path);
            if (secret is not null)
                headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        });

    public Task TerminateAsync() => _app.TerminateAsync();

    public Task<(int ExitCode, string Output, string Error)> EndAsync() => _app.EndAsync();

    /// <summary>Ends the app and looks for secrets in what it printed.</summary>
    public async ValueTask DisposeAsync()
    {
        using (_app)
        using (_http)
        {
            await _app.TerminateAsync();
            var (_, output, error) = await _app.EndAsync();
            Canary.AssertAbsent("the app's output", [output, error]);
        }
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? body, Action<HttpRequestHeaders>? add = null)
    {
        // Put together as text: as a relative address, //name would be a machine's name.
        var address = _http.BaseAddress!.GetLeftPart(UriPartial.Authority) + path;
        using var request = new HttpRequestMessage(method, address) { Content = body };
        request.Headers.TransferEncodingChunked = body is not null;
        request.Headers.Add("X-Azure-Functions-InvocationId", $"{Guid.NewGuid()}");
        request.Headers.Add("traceparent", "00-bb2bd5eef54cb15a1506d0326d2489e7-d3f54c84c7034d76-00");
        add?.Invoke(request.Headers);
        var response = await _http.SendAsync(request);
        Canary.AssertAbsent("an answer", [await response.Content.ReadAsStringAsync(), response.Headers.ToString()]);
        return response;
    }

    private async Task WaitUntilReadyAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                using var response = await _http.GetAsync("/");
                Assert.That(response.IsSuccessStatusCode, "the readiness poll");
                return;
            }
            catch (HttpRequestException) when (attempt < 400)
            {
                await Task.Delay(50);
            }
        }
    }
}
