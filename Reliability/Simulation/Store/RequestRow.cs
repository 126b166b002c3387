namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>A row of <c>provider_upload_requests</c> at one moment.</summary>
internal sealed record RequestRow(GroupKey Group, string RequestId)
{
    public required DateTimeOffset SubmittedAt { get; init; }

    public DateTimeOffset NextCheckAt { get; init; }

    public int CheckCount { get; init; }

    public Guid? LeaseToken { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    public DateTimeOffset? SettledAt { get; init; }
}
