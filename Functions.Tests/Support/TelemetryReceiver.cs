using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace OpsMantik.Functions.Tests.Support;

/// <summary>Takes what exporters send over HTTP on this machine, and keeps the bytes by path.</summary>
internal sealed class TelemetryReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = [];

    private TelemetryReceiver(bool silent)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.Run(async context =>
        {
            await KeepAsync(context.Request);
            if (silent)
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            await AnswerAsync(context.Response);
        });
    }

    public string Address => _app.Urls.Single();

    public IReadOnlyList<string> Paths => [.. _received.Select(request => request.Path)];

    /// <param name="silent">Takes everything and never answers.</param>
    public static async Task<TelemetryReceiver> StartAsync(bool silent = false)
    {
        var receiver = new TelemetryReceiver(silent);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>All bodies of a path as one text, a byte a character, so that what is inside binary can be looked for; a line each.</summary>
    public string TextOf(string path) => string.Join('\n', _received
        .Where(request => request.Path == path)
        .Select(request => Encoding.Latin1.GetString(request.Body)));

    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(limit.Token);
        await _app.DisposeAsync();
    }

    private async Task KeepAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        if (request.Headers.ContentEncoding == "gzip")
        {
            await using var plain = new GZipStream(request.Body, CompressionMode.Decompress);
            await plain.CopyToAsync(body);
        }
        else
        {
            await request.Body.CopyToAsync(body);
        }

        _received.Enqueue((request.Path.Value!, body.ToArray()));
    }

    // An empty message of OTLP, and of Application Insights that it took everything.
    private static async Task AnswerAsync(HttpResponse response)
    {
        response.StatusCode = (int)HttpStatusCode.OK;
        if (response.HttpContext.Request.Path.Value!.EndsWith("/track", StringComparison.Ordinal))
            await response.WriteAsJsonAsync(new { itemsReceived = 1, itemsAccepted = 1, errors = Array.Empty<object>() });
        else
            response.ContentType = "application/x-protobuf";
    }
}
