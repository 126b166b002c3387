using System.Collections.Concurrent;
using System.Diagnostics;
using OpsMantik.Core.Metrics;

namespace OpsMantik.Functions.Tests.Support;

/// <summary>The worker's spans of one trace, as an exporter would see them.</summary>
internal sealed class SpanTree : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly ActivityListener _listener;
    private readonly ActivitySpanId _caller;

    public SpanTree(ActivityTraceId trace, ActivitySpanId caller)
    {
        _caller = caller;
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TelemetrySource.Name,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = span =>
            {
                if (span.TraceId == trace)
                    _spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public IReadOnlyList<Activity> All => [.. _spans];

    /// <summary>Names, indented below their parents, from the caller on; siblings in order of name.</summary>
    public string Lines() => string.Join('\n', Below(_caller, "  ").Prepend("caller"));

    public void Dispose() => _listener.Dispose();

    private IEnumerable<string> Below(ActivitySpanId parent, string indent) => All
        .Where(span => span.ParentSpanId == parent)
        .OrderBy(span => span.OperationName, StringComparer.Ordinal)
        .SelectMany(span => Below(span.SpanId, indent + "  ").Prepend(indent + span.OperationName));
}
