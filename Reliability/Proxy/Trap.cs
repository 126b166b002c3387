using System.Text;

namespace OpsMantik.Reliability.Proxy;

/// <summary>Catches the next statement that has a certain text, once, and holds it at a certain point.</summary>
internal sealed class Trap(string text, TrapKind kind)
{
    private readonly byte[] _text = Encoding.UTF8.GetBytes(text);
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _verdict = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _taken;

    public TrapKind Kind => kind;

    /// <summary>Done when the statement is held, exactly at the point.</summary>
    public Task Reached => _reached.Task;

    /// <summary>Lets it go on.</summary>
    public void Open() => _verdict.TrySetResult(true);

    /// <summary>Breaks the connection instead: what is held goes to nobody.</summary>
    public void Drop() => _verdict.TrySetResult(false);

    /// <summary>Whether this is the statement; true once.</summary>
    public bool Takes(ReadOnlySpan<byte> message) =>
        message.IndexOf(_text) >= 0 && !Interlocked.Exchange(ref _taken, true);

    /// <summary>The statement is at the point: waits for the decision.</summary>
    /// <exception cref="IOException">The connection is to break.</exception>
    public async Task HoldAsync(CancellationToken closed)
    {
        _reached.TrySetResult();
        if (!await _verdict.Task.WaitAsync(closed))
            throw new IOException("The trap drops the connection.");
    }
}
