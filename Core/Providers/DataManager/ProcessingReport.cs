namespace OpsMantik.Core.Providers.DataManager;

/// <summary>What Google tells about an accepted request, cleaned.</summary>
/// <param name="Status"><c>SUCCESS</c>, <c>PROCESSING</c>, <c>PARTIAL_SUCCESS</c>, <c>FAILED</c>, or something new.</param>
/// <param name="Errors">Reasons that met at least one event.</param>
/// <param name="Records">The events of the request; null where Google does not say.</param>
internal sealed record ProcessingReport(string Status, IReadOnlyList<ProcessingError> Errors, long? Records)
{
    /// <summary>Errors about an event that the request does not have.</summary>
    public IReadOnlyList<ProcessingError> Unplaced =>
        [.. Errors.Where(error => error.Indices?.Any(index => index < 0 || index >= Records) == true)];

    /// <summary>The same of a request of corrections, where "has it already" is no success.</summary>
    public ProcessingReport OfCorrections() =>
        this with { Errors = [.. Errors.Select(error => error with { IsOfCorrection = true })] };

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

    public ErrorClass Class => IsChangeRefused ? ErrorClass.Permanent : ListedClass ?? ErrorClass.Transient;

    public bool IsOfCorrection { get; init; }

    /// <summary>Google took the correction for a repetition, and so changed nothing.</summary>
    private bool IsChangeRefused => IsOfCorrection && ListedClass == ErrorClass.AlreadyCounted;

    // Of a transaction id only we know: a duplicate of it is this sale.
    public UploadOutcome OutcomeFor(SubmittedConversion row) =>
        IsChangeRefused ? EventCorrections.NotTaken(Name)
        : Name == ProcessingErrorTable.DuplicateClick && !row.MayHaveBeenSent ? OtherSale.Outcome : RowOutcomes.For(Class, Name, "");
}
