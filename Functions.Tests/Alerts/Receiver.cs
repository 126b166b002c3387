using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace OpsMantik.Functions.Tests.Alerts;

/// <summary>A webhook's receiver on loopback: keeps what it gets, and answers as a test says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(IHeaderDictionary Headers, string Body)> _got = new();

    private Receiver(WebApplication app) => _app = app;

    public string Address => $"{_app.Urls.Single()}/hook/CANARY-path";

    /// <summary>The status of each call, by its number from 1.</summary>
    public Func<int, Task<int>> Answer { get; set; } = _ => Task.FromResult(204);

    /// <summary>Of every answer; null for none.</summary>
    public string? RetryAfter { get; set; }

    public IReadOnlyList<(IHeaderDictionary Headers, string Body)> Got => [.. _got];

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var receiver = new Receiver(builder.Build());
        receiver._app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            receiver._got.Enqueue((new HeaderDictionary(context.Request.Headers.ToDictionary()), await reader.ReadToEndAsync()));
            context.Response.StatusCode = await receiver.Answer(receiver._got.Count);
            context.Response.Headers.RetryAfter = receiver.RetryAfter;
            context.Response.Headers.Location = "http://127.0.0.1:1/elsewhere";
        });
        await receiver._app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
