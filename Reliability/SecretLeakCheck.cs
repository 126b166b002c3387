using Microsoft.Extensions.Logging;

namespace OpsMantik.Reliability;

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
