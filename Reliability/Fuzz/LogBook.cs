using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OpsMantik.Reliability.Fuzz;

/// <summary>Keeps the log lines that bad input must never cause: errors, and whatever carries a secret.</summary>
internal sealed class LogBook : ILoggerProvider, ILogger
{
    private const string SecretWord = "CANARY";

    private const int LongestLine = 1_000;

    private readonly ConcurrentQueue<string> _offences = [];

    public IReadOnlyList<string> Offences => [.. _offences];

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var line = $"{logLevel} {formatter(state, exception)} {exception}".Trim();
        if (logLevel >= LogLevel.Error || line.Contains(SecretWord, StringComparison.OrdinalIgnoreCase))
            _offences.Enqueue(line.Length <= LongestLine ? line : line[..LongestLine]);
    }

    public void Dispose()
    {
    }
}
