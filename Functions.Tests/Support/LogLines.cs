using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OpsMantik.Functions.Tests.Support;

/// <summary>Keeps every log line of an app, exceptions included.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(int Id, string Line)> _lines = [];

    public IReadOnlyList<string> All => [.. _lines.Select(each => each.Line)];

    /// <summary>The ids of the lines, in their order.</summary>
    public IReadOnlyList<int> EventIds => [.. _lines.Select(each => each.Id)];

    /// <summary>What the scopes say, as text.</summary>
    public ConcurrentQueue<string> Scopes { get; } = [];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        Scopes.Enqueue($"{state}");
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _lines.Enqueue((eventId.Id, $"{logLevel} {formatter(state, exception)} {exception}".Trim()));

    public void Dispose()
    {
    }
}
