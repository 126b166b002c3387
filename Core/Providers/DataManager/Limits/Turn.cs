namespace OpsMantik.Core.Providers.DataManager.Limits;

/// <summary>Leave to make one request, given back when disposed; or the outcome of the rows while there is none.</summary>
internal sealed class Turn : IDisposable
{
    private SemaphoreSlim? _place;

    public Turn(SemaphoreSlim place) => _place = place;

    public Turn(UploadOutcome refusal) => Refusal = refusal;

    /// <summary>Null when the request may go.</summary>
    public UploadOutcome? Refusal { get; }

    public void Dispose() => Interlocked.Exchange(ref _place, null)?.Release();
}
