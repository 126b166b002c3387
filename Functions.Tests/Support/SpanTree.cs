using System.Collections.Concurrent;
using System.Diagnostics;
using OpsMantik.Core.Metrics;

namespace OpsMantik.Functions.Tests.Support;

/// <summary>The worker's spans of one trace, as an exporter would see them.</summary>
internal sealed class SpanTree : IDisposable
{
    private readonly ConcurrentQueue<Activity> _spans = [];
    private readonly ActivityListener _listener;

    public SpanTree(ActivityTraceId trace)
    {
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

    /// <summary>Names, indented below their parents; siblings in order of name.</summary>
    public string Lines()
    {
        var own = All.Select(span => span.SpanId).ToHashSet();
        return string.Join('\n', All
            .Where(span => !own.Contains(span.ParentSpanId))
            .SelectMany(root => Below(root, "  "))
            .Prepend("caller"));
    }

    public void Dispose() => _listener.Dispose();

    private IEnumerable<string> Below(Activity span, string indent) => All
        .Where(child => child.ParentSpanId == span.SpanId)
        .OrderBy(child => child.OperationName, StringComparer.Ordinal)
        .SelectMany(child => Below(child, indent + "  "))
        .Prepend(indent + span.OperationName);
}
