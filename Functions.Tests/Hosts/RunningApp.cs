using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsMantik.Cli.Serve;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Hosts;

/// <summary>What <c>opsmantik serve</c> runs, in this process and on a free port, so that a test may change its parts.</summary>
internal sealed class RunningApp : HostedWorker
{
    private readonly WebApplication _app;
    private readonly LogLines _logs;

    private RunningApp(WebApplication app, LogLines logs) => (_app, _logs) = (app, logs);

    public override IReadOnlyList<string> Logs => [.. _logs.All];

    public IServiceProvider Services => _app.Services;

    /// <param name="services">Changes what was registered; the last word.</param>
    /// <param name="settings">Added to <see cref="HostedWorker.Settings"/>, as name and value.</param>
    public static async Task<RunningApp> StartAsync(
        Action<IServiceCollection>? services = null, params IEnumerable<(string Name, string? Value)> settings)
    {
        var logs = new LogLines();
        var app = WorkerServer.Create(
            configuration => configuration.AddInMemoryCollection(Settings([("urls", "http://127.0.0.1:0"), .. settings])),
            builder =>
            {
                builder.Logging.ClearProviders().AddProvider(logs);
                services?.Invoke(builder.Services);
            });
        await app.StartAsync();
        return new RunningApp(app, logs) { Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) } };
    }

    public override Task StopAsync() => _app.StopAsync();

    public override async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        Canary.AssertAbsent("a log line", _logs.All);
    }
}
