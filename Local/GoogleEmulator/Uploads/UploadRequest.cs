namespace OpsMantik.Local.GoogleEmulator.Uploads;

/// <summary>Google's <c>UploadClickConversionsRequest</c> as its JSON says it.</summary>
internal sealed record UploadRequest
{
    // Left out or null, it is an empty list in proto3 JSON.
    public IReadOnlyList<ConversionRow> Conversions { get; init => field = value ?? []; } = [];

    public bool PartialFailure { get; init; }

    public bool ValidateOnly { get; init; }

    public int? JobId { get; init; }
}
