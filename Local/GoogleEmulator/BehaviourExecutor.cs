using Microsoft.AspNetCore.Http;

namespace OpsMantik.Local.GoogleEmulator;

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
            // The client left, or the emulator stops: no one waits for the rest.
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
                return HtmlPage(behaviour) ?? refuse(behaviour);
        }
    }

    /// <summary>The page of a behaviour that answers with HTML; null when it answers in the API's shape.</summary>
    private static Answer? HtmlPage(CallBehaviour behaviour) => behaviour switch
    {
        { Kind: BehaviourKind.Garbage } => Answer.Html(200, "Sign in to the network"),
        { Kind: BehaviourKind.ServerError, Html: true } =>
            Answer.Html(behaviour.Status, "That's an error. Please try again in 30 seconds."),
        _ => null,
    };

    private static Answer Truncate(Answer answer)
    {
        // The partial failure is written first: half of what precedes the results is within it.
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
