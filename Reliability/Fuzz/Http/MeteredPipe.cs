using System.Buffers;
using System.IO.Pipelines;

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
