using OpsMantik.Core.Conversions;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>
/// Reads what Google answered to a request of <paramref name="rows"/> conversions, or corrections of conversions, into one
/// outcome per row, in the order of the request.
/// </summary>
/// <param name="rows">How many the request had.</param>
/// <param name="outcomeOf">What an error makes of the row at an index of the request.</param>
/// <param name="scrubber">Redacts the secrets of the call.</param>
internal sealed class AnswerReader(int rows, Func<ReportedError, int, UploadOutcome> outcomeOf, SecretScrubber scrubber)
{
    private static readonly TimeSpan NotProcessedWait = TimeSpan.FromMinutes(5);

    public AnswerReader(IReadOnlyList<Conversion> conversions, SecretScrubber scrubber)
        : this(conversions.Count, (error, index) => ErrorTable.ToOutcome(error, conversions[index]), scrubber)
    {
    }

    public (IReadOnlyList<UploadOutcome> Outcomes, GoogleAdsFailure Failure) Read(GoogleAnswer answer)
    {
        var (outcomes, failure) = answer.Status == 200 ? ReadUpload(answer.Body) : ReadRefusal(answer);
        var requestId = scrubber.Identifier(answer.RequestId) ?? failure.RequestId;
        return (WithRequestId(outcomes, requestId), failure);
    }

    /// <summary>
    /// What Google says of the first conversion of a request that was only validated: it gives no results then, so no error
    /// is all the good news there is.
    /// </summary>
    public UploadOutcome ReadValidation(GoogleAnswer answer) =>
        answer.Status == 200 && GoogleAdsJson.Parse(answer.Body, GoogleAdsJson.Default.UploadResponse) is { PartialFailureError: null }
            ? UploadOutcome.Completed() with { RequestId = scrubber.Identifier(answer.RequestId) }
            : Read(answer).Outcomes[0];

    /// <summary>
    /// A conversion is completed only on Google's explicit result for it. Where its error, an error of the whole
    /// request and a result are all missing, nobody knows, and it is sent again under the same identity.
    /// </summary>
    private (IEnumerable<UploadOutcome>, GoogleAdsFailure) ReadUpload(byte[] body)
    {
        var response = GoogleAdsJson.Parse(body, GoogleAdsJson.Default.UploadResponse);
        var failure = GoogleAdsFailure.Read(response?.PartialFailureError, isPartial: true, scrubber);
        var results = response?.Results is { } list && list.Count == rows ? list : [];
        var unknown = ErrorTable.Unknown(
            "INVALID_RESPONSE",
            failure.Message is { Length: > 0 } message && failure.Errors.Count == 0
                ? message
                : "Google's answer does not tell what became of this conversion.");
        var taken = UploadOutcome.Completed();
        return (ByRow(failure, index => index < results.Count && results[index].IsTaken ? taken : unknown), failure);
    }

    private (IEnumerable<UploadOutcome>, GoogleAdsFailure) ReadRefusal(GoogleAnswer answer)
    {
        var failure = GoogleAdsFailure.Read(GoogleAdsJson.Parse(answer.Body, GoogleAdsJson.Default.ErrorResponse)?.Error, isPartial: false, scrubber);
        if (answer.Status == 400 && failure.Errors.Any(IsOfRow))
        {
            // Google names the faulty rows. It did not process the others, which are sent again without them.
            var neighbour = UploadOutcome.Postponed(
                "NOT_PROCESSED",
                ErrorCategory.Transient,
                "Google refused the whole request because of another conversion in it.",
                NotProcessedWait);
            return (ByRow(failure, _ => neighbour), failure);
        }

        if (answer.Status == 400 && failure.Errors.Count > 0 && failure.Errors.All(error => error.Index is not null))
        {
            // Only of rows that the request does not have: nobody knows whose, so none fails for it.
            var unplaced = ErrorTable.Unknown("INVALID_RESPONSE", "Google refused the request for a row that it does not have.");
            return (Enumerable.Repeat(unplaced, rows), failure);
        }

        var outcome = RequestRefusal.For(answer, failure);
        return (Enumerable.Repeat(outcome, rows), failure);
    }

    private IEnumerable<UploadOutcome> ByRow(GoogleAdsFailure failure, Func<int, UploadOutcome> withoutError)
    {
        var ofRow = failure.Errors.Where(IsOfRow).ToLookup(error => error.Index!.Value);
        var ofAll = failure.Errors.Where(error => error.Index is null).ToList();
        return Enumerable.Range(0, rows).Select(index =>
            ofRow.Contains(index) ? outcomeOf(ErrorTable.MostSevere(ofRow[index]), index)
            : ofAll.Count > 0 ? outcomeOf(ErrorTable.MostSevere(ofAll), index)
            : withoutError(index));
    }

    /// <summary>Errors about a row that the request does not have: nobody knows whose they are.</summary>
    public IReadOnlyList<ReportedError> FindUnplaced(GoogleAdsFailure failure) =>
        [.. failure.Errors.Where(error => error.Index is not null && !IsOfRow(error))];

    /// <summary>An index outside the request is of no row.</summary>
    private bool IsOfRow(ReportedError error) => error.Index is { } index && index >= 0 && index < rows;

    /// <summary>Puts the request's id on every outcome; neighbours that share one go on sharing.</summary>
    private UploadOutcome[] WithRequestId(IEnumerable<UploadOutcome> outcomes, string? requestId)
    {
        var stamped = new UploadOutcome[rows];
        var (place, last) = (0, (UploadOutcome?)null);
        foreach (var outcome in outcomes)
        {
            stamped[place] = ReferenceEquals(outcome, last) ? stamped[place - 1] : outcome with { RequestId = requestId };
            place++;
            last = outcome;
        }

        return stamped;
    }
}

/// <summary>What the refusal of a whole request means for each of its rows.</summary>
internal static class RequestRefusal
{
    public static UploadOutcome For(GoogleAnswer answer, GoogleAdsFailure failure)
    {
        var error = failure.Errors.Count == 0 ? null : ErrorTable.MostSevere(failure.Errors);
        var code = error?.Name ?? failure.Name ?? $"HTTP_{answer.Status}";
        var message = error?.Message is { Length: > 0 } own ? own : failure.Message;
        var wait = failure.RetryDelay ?? answer.RetryAfter;
        if (answer.Status is >= 500 or 408)
        {
            return UploadOutcome.Retry(
                $"HTTP_{answer.Status}", ErrorCategory.Transient, Describe(answer, failure.Name ?? code, message), wait);
        }

        // These are about account, caller and version and not about rows, whatever their status: failing the rows would lose a site's, or
        // with a retired version every site's, sales until someone re-queues them by hand.
        if (failure.Errors.FirstOrDefault(error => error.ListedClass is ErrorClass.Configuration) is { } caller)
        {
            return ErrorTable.Parked(caller.Name, caller.Message);
        }

        if (answer.Status == 429 || error?.ListedClass is ErrorClass.RateLimit)
        {
            return UploadOutcome.Retry(code, ErrorCategory.RateLimit, Describe(answer, code, message), wait);
        }

        if (error?.ListedClass is ErrorClass.Transient or ErrorClass.DuplicateInRequest)
        {
            return UploadOutcome.Retry(code, ErrorCategory.Transient, Describe(answer, code, message), wait);
        }

        return answer.Status switch
        {
            400 => UploadOutcome.Failed(code, ErrorCategory.Validation, Describe(answer, code, message)),
            401 or 403 => UploadOutcome.Failed(code, ErrorCategory.Auth, Describe(answer, code, message)),
            // The path holds only the version and the customer: one of them is wrong, or the base address.
            404 => UploadOutcome.Postponed(
                code,
                ErrorCategory.Configuration,
                "Google knows no such address: check GoogleAds__ApiVersion, GoogleAds__BaseAddress and customer_id.",
                OutcomeWaits.Parked),
            _ => UploadOutcome.Retry(code, ErrorCategory.Transient, Describe(answer, code, message), wait),
        };
    }

    private static string Describe(GoogleAnswer answer, string code, string message) =>
        message.Length == 0 ? $"Google answered HTTP {answer.Status} ({code})." : message;
}
