using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace OpsMantik.Reliability.Fuzz.Http;

/// <summary>A connection's pipe that tells how many bytes were consumed of its input so far.</summary>
internal sealed class MeteredPipe(IDuplexPipe inner, Action<long> report) : PipeReader, IDuplexPipe
{
    private ReadOnlySequence<byte> _current;
    private long _consumed;

    public PipeReader Input => this;

    public PipeWriter Output => inner.Output;

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        Keep(await inner.Input.ReadAsync(cancellationToken));

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.Input.TryRead(out result))
            return false;
        Keep(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        report(_consumed += _current.Slice(0, consumed).Length);
        inner.Input.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.Input.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Input.Complete(exception);

    private ReadResult Keep(ReadResult result)
    {
        _current = result.Buffer;
        return result;
    }
}

/// <summary>Reads from another stream and tells how much it has read so far.</summary>
internal sealed class CountingStream(Stream inner, Action<long> report) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => _read;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await inner.ReadAsync(buffer, cancellationToken);
        report(_read += count);
        return count;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("The app reads without blocking a thread.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

/// <summary>
/// Counts what a request can make the server read: what the app takes of a body, and what the server as a whole takes
/// from a connection.
/// </summary>
internal sealed class BodyMeter : IStartupFilter
{
    private long _mostOfBody;
    private long _mostOfConnection;

    /// <summary>The most bytes that the app read of one body.</summary>
    public long MostOfBody => Interlocked.Read(ref _mostOfBody);

    /// <summary>The most bytes that the server read from one connection, what it threw away included.</summary>
    public long MostOfConnection => Interlocked.Read(ref _mostOfConnection);

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, proceed) =>
        {
            await using var counted = new CountingStream(context.Request.Body, read => Raise(ref _mostOfBody, read));
            context.Request.Body = counted;
            await proceed(context);
        });
        next(app);
    };

    public void Attach(KestrelServerOptions options) => options.ConfigureEndpointDefaults(endpoint =>
        endpoint.Use(proceed => connection =>
        {
            var metered = new MeteredPipe(connection.Transport, read => Raise(ref _mostOfConnection, read));
            connection.Transport = metered;
            return proceed(connection);
        }));

    private static void Raise(ref long most, long value)
    {
        for (var seen = Interlocked.Read(ref most); value > seen;)
        {
            var before = Interlocked.CompareExchange(ref most, value, seen);
            if (before == seen)
                return;
            seen = before;
        }
    }
}
