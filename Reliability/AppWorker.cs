using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsMantik.Cli.Serve;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability;

/// <summary>The app as it is, inside this process: for faults that need no death, and for a clock of its own.</summary>
internal sealed class AppWorker : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly SecretLeakCheck _watch;

    private AppWorker(WebApplication app, SecretLeakCheck watch)
    {
        (_app, _watch) = (app, watch);
        Client = new WorkerClient(new Uri(app.Urls.Single()));
    }

    public WorkerClient Client { get; }

    /// <summary>Whether a secret stood in anything it logged.</summary>
    public bool LeakedSecret => _watch.Leaked;

    public static async Task<AppWorker> StartAsync(
        IReadOnlyDictionary<string, string?> settings, TimeProvider? time = null)
    {
        var watch = new SecretLeakCheck();
        var app = WorkerServer.Create(configuration => configuration.AddInMemoryCollection(settings), builder =>
        {
            builder.Logging.ClearProviders().AddProvider(watch);
            if (time is not null)
                builder.Services.AddSingleton(time);
        });
        await app.StartAsync();
        return new AppWorker(app, watch);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}

/// <summary>Reads every log line for the word that all secrets of a testbed carry, and keeps none.</summary>
internal sealed class SecretLeakCheck : ILoggerProvider, ILogger
{
    private volatile bool _leaked;

    public bool Leaked => _leaked;

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if ($"{formatter(state, exception)} {exception}".Contains("CANARY", StringComparison.OrdinalIgnoreCase))
            _leaked = true;
    }

    public void Dispose()
    {
    }
}
