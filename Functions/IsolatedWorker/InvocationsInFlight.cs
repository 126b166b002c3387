using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Middleware;

namespace OpsMantik.Functions.IsolatedWorker;

/// <summary>Lets a stopping app write back what is in flight: the worker itself waits for no invocation.</summary>
internal sealed class InvocationsInFlight : IFunctionsWorkerMiddleware, IHostedService
{
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

    public async Task StopAsync(CancellationToken cancellationToken) => await Task.WhenAll(_inFlight.Keys)
        .WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
