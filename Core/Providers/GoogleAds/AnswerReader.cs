using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using OpsMantik.Core.Providers.GoogleAds.Errors;
using OpsMantik.Core.Providers.GoogleAds.Wire;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>
/// Reads what Google answered to a request of <paramref name="conversions"/> into one outcome per conversion, in the
/// order of the request.
/// </summary>
internal sealed class AnswerReader(IReadOnlyList<Conversion> conversions, SecretScrubber scrubber)
{
    private static readonly TimeSpan NotProcessedWait = TimeSpan.FromMinutes(5);

    public (IReadOnlyList<UploadOutcome> Outcomes, Failure Failure) Read(GoogleAdsAnswer answer)
    {
        var (outcomes, failure) = answer.Status == 200 ? ReadUpload(answer.Body) : ReadRefusal(answer);
        var requestId = scrubber.Identifier(answer.RequestId) ?? failure.RequestId;
        return (Stamp(outcomes, requestId), failure);
    }

    /// <summary>
    /// What Google says of the first conversion of a request that was only validated: it gives no results then, so no error
    /// is all the good news there is.
    /// </summary>
    public UploadOutcome ReadValidation(GoogleAdsAnswer answer) =>
        answer.Status == 200 && Parse(answer.Body, GoogleAdsJson.Default.UploadResponse) is { PartialFailureError: null }
            ? UploadOutcome.Completed() with { RequestId = scrubber.Identifier(answer.RequestId) }
            : Read(answer).Outcomes[0];

    /// <summary>
    /// A conversion is completed only on Google's explicit result for it. Where its error, an error of the whole
    /// request and a result are all missing, nobody knows, and it is sent again under the same identity.
    /// </summary>
    private (IEnumerable<UploadOutcome>, Failure) ReadUpload(byte[] body)
    {
        var response = Parse(body, GoogleAdsJson.Default.UploadResponse);
        var failure = Failure.Read(response?.PartialFailureError, scrubber);
        var results = response?.Results is { } list && list.Count == conversions.Count ? list : [];
        var unknown = Verdict.Unknown(
            "INVALID_RESPONSE",
            failure.Message is { Length: > 0 } said && failure.Errors.Count == 0
                ? said
                : "Google's answer does not tell what became of this conversion.");
        var taken = UploadOutcome.Completed();
        return (ByRow(failure, index => index < results.Count && results[index].IsTaken ? taken : unknown), failure);
    }

    private (IEnumerable<UploadOutcome>, Failure) ReadRefusal(GoogleAdsAnswer answer)
    {
        var failure = Failure.Read(Parse(answer.Body, GoogleAdsJson.Default.ErrorResponse)?.Error, scrubber);
        if (answer.Status == 400 && failure.Errors.Any(IsOfRow))
        {
            // Google names the culprits: the rows beside them were not looked at, and go out again without them.
            var neighbour = UploadOutcome.Postponed(
                "NOT_PROCESSED",
                ErrorCategory.Transient,
                "Google refused the whole request because of another conversion in it.",
                NotProcessedWait);
            return (ByRow(failure, _ => neighbour), failure);
        }

        var outcome = Refusal.For(answer, failure);
        return (conversions.Select(_ => outcome), failure);
    }

    private IEnumerable<UploadOutcome> ByRow(Failure failure, Func<int, UploadOutcome> withoutError)
    {
        var ofRow = failure.Errors.Where(IsOfRow).ToLookup(error => error.Index!.Value);
        var ofAll = failure.Errors.Where(error => error.Index is null).ToList();
        return conversions.Select((conversion, index) =>
            ofRow.Contains(index) ? Verdict.For(Verdict.Gravest(ofRow[index]), conversion)
            : ofAll.Count > 0 ? Verdict.For(Verdict.Gravest(ofAll), conversion)
            : withoutError(index));
    }

    /// <summary>An index outside the request blames nobody.</summary>
    private bool IsOfRow(ReportedError error) => error.Index is { } index && index >= 0 && index < conversions.Count;

    /// <summary>Puts the request's id on every outcome; neighbours that share one go on sharing.</summary>
    private UploadOutcome[] Stamp(IEnumerable<UploadOutcome> outcomes, string? requestId)
    {
        var stamped = new UploadOutcome[conversions.Count];
        var (place, last) = (0, (UploadOutcome?)null);
        foreach (var outcome in outcomes)
        {
            stamped[place] = ReferenceEquals(outcome, last) ? stamped[place - 1] : outcome with { RequestId = requestId };
            place++;
            last = outcome;
        }

        return stamped;
    }

    private static T? Parse<T>(byte[] body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(body, type);
        }
        catch (JsonException)
        {
            // Not JSON, cut short, or of another shape: it tells nothing.
            return null;
        }
    }
}
