using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;
using Microsoft.Extensions.Hosting;

namespace OpsMantik.Functions;

/// <summary>Lets a stopping app write back what is in flight: the worker itself waits for no invocation.</summary>
internal sealed class InvocationsInFlight : IFunctionsWorkerMiddleware, IHostedService
{
    // The invocation's answer is sent to the host after it, and no event says when.
    private static readonly TimeSpan AnswerDelay = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<Task, FunctionContext> _inFlight = [];

    public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
    {
        var end = new TaskCompletionSource();
        _inFlight[end.Task] = context;
        try
        {
            await next(context);
        }
        finally
        {
            end.SetResult();
            _inFlight.TryRemove(end.Task, out _);
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_inFlight.IsEmpty)
            return;
        await Task.WhenAll(_inFlight.Keys).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await Task.Delay(AnswerDelay, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
