using System.Collections.Concurrent;
using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using OpsMantik.Testbed.Hosting.Protocol;
using Message = OpsMantik.Testbed.Hosting.Protocol.StreamingMessage;

namespace OpsMantik.Testbed.Hosting;

/// <summary>The host's end of the stream to its one worker: requests, responses and log records.</summary>
internal sealed class WorkerChannel(Action<HostLog> log) : FunctionRpc.FunctionRpcBase
{
    // What the genuine host grants in its WorkerTerminate message.
    private static readonly TimeSpan GracePeriod = TimeSpan.FromSeconds(5);

    private readonly Channel<Message> _outgoing = Channel.CreateUnbounded<Message>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ConcurrentDictionary<string, TaskCompletionSource<Message>> _requests = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource<InvocationResponse>> _invocations = [];
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completed when the worker has opened its stream.</summary>
    public Task Started => _started.Task;

    public override async Task EventStream(
        IAsyncStreamReader<Message> requestStream, IServerStreamWriter<Message> responseStream, ServerCallContext context)
    {
        var writing = WriteAsync(responseStream, context.CancellationToken);
        try
        {
            await foreach (var message in requestStream.ReadAllAsync(context.CancellationToken))
                Receive(message);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The worker has ended: what waits for it fails below.
        }

        Fail(new IOException("The worker has ended its stream."));
        await writing;
    }

    /// <summary>Sends a request and waits for its response.</summary>
    /// <exception cref="IOException">The worker ended.</exception>
    public async Task<Message> RequestAsync(Message request, CancellationToken cancellation)
    {
        request.RequestId = Guid.NewGuid().ToString();
        var answer = _requests[request.RequestId] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Send(request);
        return await answer.Task.WaitAsync(cancellation);
    }

    /// <summary>Invokes a function. Cancelling notifies the worker; its answer is still awaited.</summary>
    /// <exception cref="IOException">The worker ended.</exception>
    public async Task<InvocationResponse> InvokeAsync(InvocationRequest request, CancellationToken cancellation)
    {
        var answer = new TaskCompletionSource<InvocationResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        _invocations[request.InvocationId] = answer;
        Send(new Message { InvocationRequest = request });
        await using var cancelled = cancellation.Register(() => Send(
            new Message { InvocationCancel = new InvocationCancel { InvocationId = request.InvocationId } }));
        return await answer.Task;
    }

    public void Terminate() =>
        Send(new Message { WorkerTerminate = new WorkerTerminate { GracePeriod = Duration.FromTimeSpan(GracePeriod) } });

    /// <summary>Fails everything that waits for the worker.</summary>
    public void Fail(Exception reason)
    {
        _outgoing.Writer.TryComplete();
        _started.TrySetException(reason);
        foreach (var pending in _requests.Values)
            pending.TrySetException(reason);
        foreach (var invocation in _invocations.Values)
            invocation.TrySetException(reason);
    }

    // A message to a worker that has ended is dropped.
    private void Send(Message message) => _outgoing.Writer.TryWrite(message);

    private async Task WriteAsync(IServerStreamWriter<Message> stream, CancellationToken cancellation)
    {
        try
        {
            await foreach (var message in _outgoing.Reader.ReadAllAsync(cancellation))
                await stream.WriteAsync(message, cancellation);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The worker has ended.
        }
    }

    private void Receive(Message message)
    {
        switch (message.ContentCase)
        {
            case Message.ContentOneofCase.StartStream:
                _started.TrySetResult();
                break;
            case Message.ContentOneofCase.RpcLog:
                log(Read(message.RpcLog));
                break;
            case Message.ContentOneofCase.InvocationResponse:
                if (_invocations.TryRemove(message.InvocationResponse.InvocationId, out var invocation))
                    invocation.TrySetResult(message.InvocationResponse);
                break;
            default:
                if (_requests.TryRemove(message.RequestId, out var pending))
                    pending.TrySetResult(message);
                break;
        }
    }

    private static HostLog Read(RpcLog record) => new(
        record.Level.ToString(),
        record.Category,
        record.EventId,
        record.Message,
        record.Exception is { Message.Length: > 0 } exception ? $"{exception.Type} {exception.Message} {exception.StackTrace}" : null,
        record.InvocationId);
}
