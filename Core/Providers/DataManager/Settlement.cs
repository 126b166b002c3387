namespace OpsMantik.Core.Providers.DataManager;

/// <summary>
/// From Google's report to one outcome per open row. Where Google names rows, those get their reason's outcome and the
/// others are counted. Where it only counts:
/// <list type="number">
/// <item>one reason met every event: every row gets its outcome;</item>
/// <item>all that failed were duplicates: Google has every event, every row is completed;</item>
/// <item>otherwise nobody knows which rows failed: every open row is sent again under the same transaction id, where
/// Google recognises those it has. Nothing is lost, nothing is counted twice, and an attempt is spent, so that it
/// ends.</item>
/// </list>
/// </summary>
internal static class Settlement
{
    private const string UnnamedCode = "ROWS_UNNAMED";

    public static Confirmation Of(ProcessingReport report, SubmittedRequest request) => report.Status switch
    {
        "SUCCESS" => All(request, UploadOutcome.Completed()),
        "PARTIAL_SUCCESS" or "FAILED" => Settled(request, Decide(
            request.Conversions.Any(row => row.Correction is not null) ? report.OfCorrections() : report,
            request.Conversions.Count)),
        _ => Confirmation.Pending($"Google says {report.Status}."),
    };

    /// <summary>Google does not know the request: it is sent again under the same transaction ids.</summary>
    public static Confirmation OfUnknown(string code, SubmittedRequest request) => All(request, UploadOutcome.Retry(
        code,
        ErrorCategory.Transient,
        $"Google does not know request {request.RequestId}; the row is sent again under the same transaction id."));

    private static Func<SubmittedConversion, UploadOutcome> Decide(ProcessingReport report, int open)
    {
        var failed = report.Status == "FAILED";
        if (report.Unplaced.Count > 0)
        {
            // Indices beyond the request mean another way of counting than ours: they can name nobody.
            return _ => SendAgain(report, [.. report.Errors]);
        }

        var unnamed = report.Errors.Where(error => error.Indices is null).ToList();
        if (report.Errors is [{ Indices: null } only] && only.Count >= (report.Records ?? (failed ? open : long.MaxValue)))
        {
            return row => only.OutcomeFor(row);
        }

        var named = report.Errors
            .Where(error => error.Indices is not null)
            .SelectMany(error => error.Indices!, (error, index) => (index, error))
            .ToLookup(entry => entry.index, entry => entry.error);
        var duplicatesOnly = unnamed.Count > 0 && unnamed.All(error => error.Class == ErrorClass.AlreadyCounted);
        // "Failed" leaves no success for the rows that no reason names, and "partial" none without any reason.
        var rest = duplicatesOnly ? UploadOutcome.Completed(MostFrequent(unnamed))
            : unnamed.Count > 0 || failed || report.Errors.Count == 0 ? SendAgain(report, unnamed)
            : UploadOutcome.Completed();
        return row => named.Contains(row.RequestIndex)
            ? named[row.RequestIndex].MinBy(error => error.Class)!.OutcomeFor(row)
            : rest;
    }

    private static UploadOutcome SendAgain(ProcessingReport report, List<ProcessingError> unnamed) =>
        UploadOutcome.Retry(
            unnamed.Count == 0 ? UnnamedCode : MostFrequent(unnamed),
            ErrorCategory.Transient,
            $"Google reports {report.Status}"
            + $"{string.Concat(unnamed.Take(5).Select(error => $", {error.Count} times {error.Name}"))} and does not say"
            + " for which rows; every open row of the request is sent again under the same transaction id.",
            // Sooner would only meet the same refusal again.
            unnamed.Any(error => error.Class == ErrorClass.WaitForEvent) ? OutcomeWaits.TooRecent : null);

    private static string MostFrequent(IEnumerable<ProcessingError> errors) => errors.MaxBy(error => error.Count)!.Name;

    private static Confirmation All(SubmittedRequest request, UploadOutcome outcome) => Settled(request, _ => outcome);

    private static Confirmation Settled(SubmittedRequest request, Func<SubmittedConversion, UploadOutcome> decide) =>
        Confirmation.Settled(
        [
            .. request.Conversions.Select(row =>
                EventCorrections.OutcomeOf(row.Correction, decide(row)) with { RequestId = request.RequestId }),
        ]);
}
