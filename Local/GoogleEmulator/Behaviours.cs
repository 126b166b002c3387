using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using OpsMantik.Local.GoogleEmulator.GoogleAds;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>Which behaviour the next call gets: a customer's own before the default, a queued one before the standing one.</summary>
internal sealed class BehaviourRegistry
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, CallBehaviour> _standing = [];
    private readonly Dictionary<string, Queue<CallBehaviour>> _queued = [];

    // The default's key; no customer id is empty.
    private const string Everyone = "";

    public void Set(string? customerId, CallBehaviour behaviour)
    {
        lock (_lock)
            _standing[customerId ?? Everyone] = behaviour;
    }

    public void Enqueue(string? customerId, CallBehaviour behaviour, int times)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(times);
        lock (_lock)
        {
            if (!_queued.TryGetValue(customerId ?? Everyone, out var queue))
                _queued[customerId ?? Everyone] = queue = [];
            for (var i = 0; i < times; i++)
                queue.Enqueue(behaviour);
        }
    }

    public CallBehaviour Next(string customerId)
    {
        lock (_lock)
        {
            if (_queued.TryGetValue(customerId, out var own) && own.TryDequeue(out var behaviour))
                return behaviour;
            if (_queued.TryGetValue(Everyone, out var any) && any.TryDequeue(out behaviour))
                return behaviour;
            return _standing.GetValueOrDefault(customerId)
                ?? _standing.GetValueOrDefault(Everyone)
                ?? CallBehaviour.Normal;
        }
    }

    public void Clear()
    {
        lock (_lock)
        {
            _standing.Clear();
            _queued.Clear();
        }
    }
}

/// <summary>Body of <c>POST /emulator/behaviour</c>. Without <c>times</c> the behaviour stands until the next order.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record BehaviourRequest
{
    /// <summary>Null for every customer.</summary>
    public string? CustomerId { get; init; }

    public required BehaviourKind Kind { get; init; }

    /// <summary>Upload unless given.</summary>
    public CallTarget Target { get; init; }

    /// <summary>Only for the next so many calls.</summary>
    public int? Times { get; init; }

    public int? DelayMs { get; init; }

    /// <summary>Enum name for BadRequest, HTTP status for ServerError.</summary>
    public string? Code { get; init; }

    public bool Html { get; init; }
}

/// <summary>The answers of behaviours that refuse a call without looking at its rows.</summary>
internal static class BehaviourAnswers
{
    /// <summary>The page of a behaviour that answers with one; null when it answers in the API's shape.</summary>
    public static Answer? Page(CallBehaviour behaviour) => behaviour switch
    {
        { Kind: BehaviourKind.Garbage } => Answer.Html(200, "Sign in to the network"),
        { Kind: BehaviourKind.ServerError, Html: true } =>
            Answer.Html(behaviour.Status, "That's an error. Please try again in 30 seconds."),
        _ => null,
    };

    /// <summary>The refusal of <c>uploadClickConversions</c>.</summary>
    public static RequestFault FaultOf(CallBehaviour behaviour) => behaviour.Kind switch
    {
        BehaviourKind.QuotaTemporary => RequestFault.Exhausted(
            "RESOURCE_TEMPORARILY_EXHAUSTED", QuotaDetails.Temporary(behaviour.Delay)),
        BehaviourKind.QuotaDaily => RequestFault.Exhausted("RESOURCE_EXHAUSTED", QuotaDetails.Daily(behaviour.Delay)),
        BehaviourKind.Unauthorized => RequestFault.Unauthenticated("OAUTH_TOKEN_INVALID"),
        BehaviourKind.Forbidden => RequestFault.PermissionDenied("USER_PERMISSION_DENIED"),
        BehaviourKind.NotAllowlisted =>
            RequestFault.PermissionDenied("CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE"),
        BehaviourKind.BadRequest => RequestFault.InvalidArgument(behaviour.Code!),
        BehaviourKind.ServerError => ServerFault(behaviour.Status),
        _ => throw new ArgumentOutOfRangeException(nameof(behaviour), behaviour.Kind, "not a refusal"),
    };

    private static RequestFault ServerFault(int status) => status switch
    {
        500 => new(500, "INTERNAL", "Internal error encountered.", new GoogleError(ErrorCatalog.Find("INTERNAL_ERROR"))),
        504 => new(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
        _ => new(status, "UNAVAILABLE", "The service is currently unavailable."),
    };
}

/// <summary>Answers a call as its behaviour says.</summary>
internal sealed class BehaviourExecutor(TimeProvider time, CancellationToken stopping)
{
    /// <param name="context">The call.</param>
    /// <param name="answered">Gets the status answered.</param>
    /// <param name="behaviour">What to do.</param>
    /// <param name="process">Does the work and gives the normal answer; not called when nothing is to be counted.</param>
    /// <param name="refuse">The API's own answer for a behaviour that refuses the call.</param>
    public async Task AnswerAsync(
        HttpContext context, Action<int> answered, CallBehaviour behaviour, Func<Answer> process,
        Func<CallBehaviour, Answer> refuse)
    {
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, stopping);
        try
        {
            if (behaviour.Kind is BehaviourKind.Latency)
                await Task.Delay(behaviour.Delay, time, leaving.Token);

            var answer = Choose(behaviour, process, refuse);
            if (answer is not null)
            {
                answered(answer.Status);
                await SendAsync(context.Response, behaviour, answer, leaving.Token);
            }
            else if (behaviour.Kind is BehaviourKind.Cut or BehaviourKind.CutAfterAccept)
                context.Abort();
            else
                await Task.Delay(Timeout.InfiniteTimeSpan, time, leaving.Token);
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // The client left, or the emulator stops: either way nobody waits for the rest.
            context.Abort();
        }
    }

    /// <summary>The answer to send, or null for none.</summary>
    private static Answer? Choose(CallBehaviour behaviour, Func<Answer> process, Func<CallBehaviour, Answer> refuse)
    {
        switch (behaviour.Kind)
        {
            case BehaviourKind.Normal or BehaviourKind.Latency or BehaviourKind.SlowDrip:
                return process();
            case BehaviourKind.TruncatedJson:
                return Truncate(process());
            case BehaviourKind.HangAfterAccept or BehaviourKind.CutAfterAccept:
                process();
                return null;
            case BehaviourKind.Hang or BehaviourKind.Cut:
                return null;
            default:
                return BehaviourAnswers.Page(behaviour) ?? refuse(behaviour);
        }
    }

    private static Answer Truncate(Answer answer)
    {
        // The partial failure is written first: half the way to the results is within it.
        var results = answer.Body.Span.LastIndexOf("\"results\""u8);
        var length = results > 1 ? results : answer.Body.Length;
        return answer with { Body = answer.Body[..(length / 2)] };
    }

    private async Task SendAsync(
        HttpResponse response, CallBehaviour behaviour, Answer answer, CancellationToken cancellationToken)
    {
        response.StatusCode = answer.Status;
        response.ContentType = answer.ContentType;
        response.ContentLength = answer.Body.Length;
        if (behaviour.Kind is not BehaviourKind.SlowDrip)
        {
            await response.Body.WriteAsync(answer.Body, cancellationToken);
            return;
        }

        for (var i = 0; i < answer.Body.Length; i++)
        {
            await response.Body.WriteAsync(answer.Body.Slice(i, 1), cancellationToken);
            await response.Body.FlushAsync(cancellationToken);
            await Task.Delay(behaviour.Delay, time, cancellationToken);
        }
    }
}
