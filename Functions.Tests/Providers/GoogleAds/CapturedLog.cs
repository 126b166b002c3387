using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OpsMantik.Functions.Tests.Providers.GoogleAds;

internal sealed class CapturedLog : ILoggerProvider, ILogger
{
    public ConcurrentQueue<(int Id, string Line)> Lines { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue((eventId.Id, $"{formatter(state, exception)} {exception}"));

    public void Dispose()
    {
    }
}
