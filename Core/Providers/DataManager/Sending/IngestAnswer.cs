using OpsMantik.Core.Providers.DataManager.Errors;
using OpsMantik.Core.Providers.DataManager.Wire;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Providers.GoogleAds.Errors;

namespace OpsMantik.Core.Providers.DataManager.Sending;

/// <summary>How a request ended: accepted under an id, refused, or without an answer that tells.</summary>
internal sealed record IngestAnswer
{
    /// <summary>Longest id that is kept; Google's are UUIDs so far and documented only as text.</summary>
    private const int MaxRequestIdLength = 200;

    public string? RequestId { get; private init; }

    public ApiRefusal? Refusal { get; private init; }

    public UploadOutcome? Fault { get; private init; }

    public int Warnings { get; private init; }

    public (string Reason, string Field)? FirstWarning { get; private init; }

    public static IngestAnswer Read(GoogleCall call)
    {
        if (call.Answer is not { } answer)
        {
            return new IngestAnswer { Fault = call.Fault };
        }

        if (answer.Status != 200)
        {
            return new IngestAnswer { Refusal = ApiRefusal.Read(answer, call.Scrubber) };
        }

        var response = DataManagerJson.Parse(answer.Body, DataManagerJson.Default.IngestEventsResponse);
        var warnings = (response?.FieldWarnings ?? []).OfType<FieldWarning>().ToList();
        return IsRequestId(response?.RequestId, call.Scrubber)
            ? new IngestAnswer
            {
                RequestId = response!.RequestId,
                Warnings = warnings.Count,
                FirstWarning = warnings.Count == 0
                    ? null
                    : (call.Scrubber.Clean(warnings[0].Reason), call.Scrubber.Clean(warnings[0].Field)),
            }
            : new IngestAnswer
            {
                // Perhaps accepted, but there is nothing to ask for: sent again under the same identity.
                Fault = Verdict.Unknown("INVALID_RESPONSE", "Google's answer has no request id to ask for."),
            };
    }

    private static bool IsRequestId(string? text, SecretScrubber scrubber) =>
        text is { Length: > 0 and <= MaxRequestIdLength }
        && text.All(c => c is > ' ' and <= '~')
        && scrubber.Clean(text) == text;
}
