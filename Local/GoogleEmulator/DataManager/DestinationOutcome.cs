namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>What one destination made of the events sent to it.</summary>
internal sealed record DestinationOutcome(int EventCount, IReadOnlyList<RejectedEvent> Rejected)
{
    public string Status =>
        Rejected.Count == 0 ? "SUCCESS" : Rejected.Count == EventCount ? "FAILED" : "PARTIAL_SUCCESS";
}
