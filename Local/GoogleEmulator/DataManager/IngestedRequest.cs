namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>A request that was taken in, and what processing made of it.</summary>
internal sealed record IngestedRequest(string RequestId, DateTimeOffset TakenAt, IngestRequest Request)
{
    /// <summary>One per destination; null while the request is processing.</summary>
    public IReadOnlyList<DestinationOutcome>? Outcomes { get; set; }
}
