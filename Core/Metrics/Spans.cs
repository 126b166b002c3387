using System.Diagnostics;

namespace OpsMantik.Core.Metrics;

/// <summary>
/// Every span of the worker: run, then claim and group, then provider call and write-back. Tags hold ids and counts, never
/// a secret, a click id or an exception's message, which may quote what it was handed.
/// </summary>
internal static class Spans
{
    private static readonly ActivitySource Source = new(TelemetrySource.Name);

    /// <summary>A run's span; its parent is the caller's span, from <c>traceparent</c>.</summary>
    public static Activity? StartRun(string job)
    {
        // Without a listener ASP.NET Core's request activity has no source and is never exported. The run's span then takes the
        // caller's span as its parent, so that no parent is missing from the trace.
        if (!Source.HasListeners() || Activity.Current is not { Source.Name: "", Parent: null } request)
            return Source.StartActivity(job);

        Activity.Current = null;
        var caller = request.ParentSpanId == default
            ? default
            : new ActivityContext(
                request.TraceId, request.ParentSpanId, request.ActivityTraceFlags, request.TraceStateString, isRemote: true);
        return Source.StartActivity(job, ActivityKind.Internal, caller);
    }

    public static Activity? Start(string name) => Source.StartActivity(name);

    /// <summary>Work on the rows of one site.</summary>
    public static Activity? Start(string name, string provider, Guid site, int rows) =>
        Source.StartActivity(name)
            ?.SetTag("opsmantik.provider", provider)
            .SetTag("opsmantik.site", site.ToString())
            .SetTag("opsmantik.rows", rows);

    public static Activity? StartCall(string api, string provider) =>
        Source.StartActivity(api, ActivityKind.Client)?.SetTag("opsmantik.provider", provider);

    public static void Fail(this Activity? span, Exception exception) => span.Fail(exception.GetType().Name);

    /// <param name="error">A code or a type: one of a few, and no secret.</param>
    public static void Fail(this Activity? span, string error) =>
        span?.SetStatus(ActivityStatusCode.Error, error).SetTag("error.type", error);
}
