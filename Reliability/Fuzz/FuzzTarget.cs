using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsMantik.Cli.Serve;
using OpsMantik.Reliability.Fuzz.Http;
using OpsMantik.Testbed.Hosting;

namespace OpsMantik.Reliability.Fuzz;

/// <summary>The real worker on a free port, over a real database and the emulator.</summary>
internal abstract class FuzzTarget : IAsyncDisposable
{
    public const string Secret = "CANARY-cron-secret";

    public required Uri Address { get; init; }

    /// <summary>Log lines that bad input must never cause: errors, and whatever carries a secret.</summary>
    public abstract IReadOnlyList<string> Offences { get; }

    public abstract ValueTask DisposeAsync();
}

/// <summary>What <c>opsmantik serve</c> runs, in this process, with a meter on what it reads.</summary>
internal sealed class ServedTarget : FuzzTarget
{
    private readonly WebApplication _app;
    private readonly CapturedLog _log;

    private ServedTarget(WebApplication app, CapturedLog log, BodyMeter meter) => (_app, _log, Meter) = (app, log, meter);

    public BodyMeter Meter { get; }

    public IServiceProvider Services => _app.Services;

    public override IReadOnlyList<string> Offences => _log.Offences;

    public static async Task<ServedTarget> StartAsync(IReadOnlyDictionary<string, string?> settings)
    {
        var (log, meter) = (new CapturedLog(), new BodyMeter());
        var app = WorkerServer.Create(configuration => configuration.AddInMemoryCollection(settings), builder =>
        {
            builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Information).AddProvider(log);
            builder.Services.AddSingleton<IStartupFilter>(meter);
            builder.Services.Configure<KestrelServerOptions>(meter.Attach);
            builder.WebHost.UseUrls("http://127.0.0.1:0");
        });
        await app.StartAsync();
        return new ServedTarget(app, log, meter) { Address = new Uri(app.Urls.Single()) };
    }

    public override async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

/// <summary>The published function app as a process, below the double of the Functions host.</summary>
internal sealed class HostedTarget : FuzzTarget
{
    private readonly FunctionsHost _host;

    private HostedTarget(FunctionsHost host) => _host = host;

    public override IReadOnlyList<string> Offences =>
    [
        .. _host.Logs.Where(record => record.Level is "Error" or "Critical" && !IsOfTheCaller(record)).Select(record => record.ToString()),
        .. _host.LeakedSecret ? ["a secret was logged or printed"] : Array.Empty<string>(),
    ];

    /// <param name="folder">Where the function app was published.</param>
    public static async Task<HostedTarget> StartAsync(string folder, IReadOnlyDictionary<string, string?> settings)
    {
        var host = await FunctionsHost.StartAsync(folder, settings);
        return new HostedTarget(host) { Address = host.Address };
    }

    public override ValueTask DisposeAsync() => _host.DisposeAsync();

    // The ASP.NET Core integration, not a part of ours, takes it for an error that a caller left before its function began.
    private static bool IsOfTheCaller(HostLog record) =>
        !record.Category.StartsWith("OpsMantik.", StringComparison.Ordinal)
        && record.Exception is { } exception
        && exception.Contains("DefaultHttpCoordinator", StringComparison.Ordinal);
}
