namespace OpsMantik.Local.GoogleEmulator.Uploads;

/// <summary>Google's <c>UploadClickConversionsRequest</c> as its JSON says it.</summary>
internal sealed record UploadRequest
{
    public IReadOnlyList<ConversionRow> Conversions { get; init; } = [];

    public bool PartialFailure { get; init; }

    public bool ValidateOnly { get; init; }

    public int? JobId { get; init; }
}
