using OpsMantik.Local.GoogleEmulator.GoogleAds;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>
/// Processes what was taken in once its delay has passed. No timer does it: whoever wants to see the result has it
/// brought up to date first, and so nobody sees half of it.
/// </summary>
internal sealed class EventProcessor(DataManagerSettings settings, TimeProvider time)
{
    public void CatchUp(Recording recording)
    {
        if (!settings.NeverFinish)
            recording.Ingested.Process(
                time.GetUtcNow() - settings.ProcessingDelay, request => Process(request, recording));
    }

    private static void Process(IngestedRequest ingested, Recording recording) => ingested.Outcomes =
        [.. ingested.Request.Destinations.Select(destination => Process(ingested.Request, destination, recording))];

    private static DestinationOutcome Process(IngestRequest request, Destination destination, Recording recording)
    {
        var count = 0;
        List<RejectedEvent> rejected = [];
        for (var i = 0; i < request.Events.Count; i++)
        {
            var sent = request.Events[i];
            if (!sent.GoesTo(destination))
                continue;
            count++;
            var (field, click) = sent.AdIdentifiers!.Clicks[0];
            if (ScriptedRule.Processing(click) is var (reason, indexed))
                rejected.Add(new(i, reason, indexed));
            else if (Count(sent, destination, click, recording) is { } failure)
                rejected.Add(new(i, failure, Indexed: true));
            else
                recording.Add(Accepted(sent, request.Consent, destination, field, click));
        }

        return new(count, rejected);
    }

    private static string? Count(IngestEvent sent, Destination destination, string click, Recording recording)
    {
        var action = destination.ConversionAction;
        var instant = Rfc3339.Parse(sent.EventTimestamp!)!.Value;
        return recording.LedgerOf(destination.OperatingAccount!.AccountId!).Ingest(
            new(action, click, instant.UtcTicks), new(action, sent.TransactionId!), ScriptedRule.Once(click));
    }

    private static AcceptedConversion Accepted(
        IngestEvent sent, EventConsent? common, Destination destination, string field, string click) => new(
        destination.OperatingAccount!.AccountId!, destination.ConversionAction, sent.TransactionId, field, click,
        sent.EventTimestamp!, sent.ConversionValue, sent.Currency, (sent.Consent ?? common)?.ToSentConsent());
}

/// <summary>What one destination made of the events sent to it.</summary>
internal sealed record DestinationOutcome(int EventCount, IReadOnlyList<RejectedEvent> Rejected)
{
    public string Status =>
        Rejected.Count == 0 ? "SUCCESS" : Rejected.Count == EventCount ? "FAILED" : "PARTIAL_SUCCESS";
}

/// <summary>An event that failed in processing.</summary>
/// <param name="Index">In the request, from 0.</param>
/// <param name="Reason">Without its prefix, such as <c>INVALID_GCLID</c>.</param>
/// <param name="Indexed">Whether the status tells the index.</param>
internal readonly record struct RejectedEvent(int Index, string Reason, bool Indexed);

/// <summary>
/// What a click id asks for. At once: <c>bad-INVALID_EVENT</c> refuses the whole request and names the event,
/// <c>mute-INVALID_EVENT</c> refuses it without a field path. In processing: <c>proc-INVALID_GCLID</c> fails every
/// time, <c>once-INTERNAL_ERROR</c> only the first time, <c>procx-INVALID_GCLID</c> fails and is told by count alone.
/// </summary>
internal static class ScriptedRule
{
    public static string? Bad(string clickId) => ScriptedError.CodeAfter("bad-", clickId);

    public static string? Mute(string clickId) => ScriptedError.CodeAfter("mute-", clickId);

    public static string? Once(string clickId) => ScriptedError.CodeAfter("once-", clickId);

    /// <summary>The reason to fail with, and whether the status tells the event's index.</summary>
    public static (string Reason, bool Indexed)? Processing(string clickId) =>
        ScriptedError.CodeAfter("proc-", clickId) is { } reason ? (reason, true)
        : ScriptedError.CodeAfter("procx-", clickId) is { } counted ? (counted, false)
        : null;
}
