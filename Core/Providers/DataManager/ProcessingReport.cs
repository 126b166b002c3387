using System.Collections.Frozen;
using static OpsMantik.Core.Providers.ErrorClass;

namespace OpsMantik.Core.Providers.DataManager;

/// <summary>What Google tells about an accepted request, cleaned.</summary>
/// <param name="Status"><c>SUCCESS</c>, <c>PROCESSING</c>, <c>PARTIAL_SUCCESS</c>, <c>FAILED</c>, or something new.</param>
/// <param name="Errors">Reasons that met at least one event.</param>
/// <param name="Records">The events of the request; null where Google does not say.</param>
internal sealed record ProcessingReport(string Status, IReadOnlyList<ProcessingError> Errors, long? Records)
{
    public static ProcessingReport Read(DestinationStatus status, SecretScrubber scrubber) => new(
        scrubber.Identifier(status.RequestStatus) ?? "UNKNOWN",
        [
            .. (status.ErrorInfo?.ErrorCounts ?? [])
                .OfType<ErrorCount>()
                .Select(count => Read(count, scrubber))
                .Where(error => error.Count > 0),
        ],
        status.EventsIngestionStatus?.RecordCount);

    private static ProcessingError Read(ErrorCount count, SecretScrubber scrubber)
    {
        var indices = count.RecordIndices is { Count: > 0 } list ? list.Distinct().ToList() : null;
        var records = count.RecordCount ?? indices?.Count ?? 1;
        return new ProcessingError(
            ProcessingErrorTable.Name(count.Reason, scrubber),
            records,
            // Fewer than it counts: who the others are, nobody knows, and so nobody can be called a success.
            indices?.Count >= records ? indices : null);
    }
}

/// <summary>One reason for which events of a request were not counted.</summary>
/// <param name="Name">The reason without its enum's prefix.</param>
/// <param name="Count">How many events it met.</param>
/// <param name="Indices">Which ones; null where Google does not say, or not of all.</param>
internal sealed record ProcessingError(string Name, long Count, IReadOnlyList<long>? Indices)
{
    /// <summary>Null when Google has added the name since the table was written.</summary>
    public ErrorClass? ListedClass => ProcessingErrorTable.Find(Name);

    public ErrorClass Class => ListedClass ?? ErrorClass.Transient;

    public UploadOutcome Outcome => RowOutcomes.For(Class, Name, "");
}

/// <summary>
/// Why an accepted event was not counted after all: ProcessingErrorReason (v1) by what it means for the row. Names come
/// from ads/datamanager/v1/processing_errors.proto; the classes are our reading of the comments there.
/// </summary>
internal static class ProcessingErrorTable
{
    /// <summary>One of the names bears the shorter one, so both are taken off.</summary>
    private static readonly string[] Prefixes = ["PROCESSING_ERROR_REASON_", "PROCESSING_ERROR_"];

    private static readonly FrozenDictionary<string, ErrorClass> ByName = new (ErrorClass Class, string[] Names)[]
    {
        (AlreadyCounted, ["DUPLICATE_GCLID", "DUPLICATE_TRANSACTION_ID"]),
        (Transient, ["INTERNAL_ERROR", "UNSPECIFIED"]),
        (WaitForEvent, ["TOO_RECENT_CLICK"]),
        (Permanent,
        [
            // Consent: what the visitor did not grant is never sent again.
            "DENIED_CONSENT", "NO_CONSENT", "UNKNOWN_CONSENT",
            "EVENT_TOO_OLD", "INVALID_GCLID", "INVALID_GBRAID", "INVALID_WBRAID", "INVALID_AD_IDENTIFIERS",
            "CONVERSION_PRECEDES_CLICK", "INVALID_CLICK", "CLICK_NOT_FOUND", "INVALID_EVENT", "INVALID_FORMAT",
            "INVALID_CUSTOM_VARIABLE", "INVALID_MERCHANT_ID",
        ]),
        (Configuration,
        [
            "CUSTOM_VARIABLE_NOT_ENABLED", "DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED",
            "OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER", "INVALID_OPERATING_ACCOUNT_FOR_CLICK",
            "ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID", "EXTERNAL_ATTRIBUTION_DATA_MISSING",
        ]),
    }
    .SelectMany(group => group.Names, (group, name) => (group.Class, name))
    .ToFrozenDictionary(entry => entry.name, entry => entry.Class, StringComparer.Ordinal);

    /// <summary>Every listed name, for tests and documents.</summary>
    public static IReadOnlyDictionary<string, ErrorClass> All => ByName;

    /// <summary>Null for a name that Google has added since.</summary>
    public static ErrorClass? Find(string name) => ByName.TryGetValue(name, out var listed) ? listed : null;

    /// <summary>The reason without its enum's prefix; <c>UNKNOWN</c> for what is no name.</summary>
    public static string Name(string? reason, SecretScrubber scrubber)
    {
        var name = scrubber.LongIdentifier(reason) ?? "UNKNOWN";
        var prefix = Prefixes.FirstOrDefault(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
        return name[(prefix?.Length ?? 0)..];
    }
}
