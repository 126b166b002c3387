using OpsMantik.Local.GoogleEmulator.GoogleAds;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>
/// Processes accepted requests once their delay has passed. No timer does it: every reader of the results has what is
/// due processed first, and so never sees half of it.
/// </summary>
internal sealed class EventProcessor(EmulatorSettings settings, TimeProvider time)
{
    public void ProcessDue(Recording recording)
    {
        if (!settings.NeverFinish)
            recording.Ingested.Process(
                time.GetUtcNow() - settings.ProcessingDelay, request => Process(request, recording));
    }

    private static void Process(IngestedRequest ingested, Recording recording) => ingested.Outcomes =
        [.. ingested.Request.Destinations.Select(destination => Process(ingested.Request, destination, recording, ingested.AcceptedAt))];

    private static DestinationOutcome Process(
        IngestRequest request, Destination destination, Recording recording, DateTimeOffset acceptedAt)
    {
        var count = 0;
        List<RejectedEvent> rejected = [];
        for (var i = 0; i < request.Events.Count; i++)
        {
            var sent = request.Events[i];
            if (!sent.GoesTo(destination))
                continue;
            count++;
            var (field, click) = sent.Click;
            if (click is not null && ScriptedErrors.Processing(click) is var (reason, indexed))
            {
                rejected.Add(new(i, reason, indexed));
                continue;
            }

            var (failure, isNew) = Count(sent, destination, field, click, recording);
            if (failure is not null)
                rejected.Add(new(i, failure, Indexed: true));
            else if (isNew)
                recording.Add(Accepted(sent, request.Consent, destination, field, click));
        }

        if (UploadEntry.ActionOf(destination.ConversionAction) is { } action)
        {
            recording.HistoryOf(destination.OperatingAccount!.AccountId!).Add(new UploadEntry(
                null, action, acceptedAt, null, count - rejected.Count, 0,
                rejected.CountBy(failed => new ErrorName("conversionUploadError", failed.Reason)).ToDictionary()));
        }

        return new(count, rejected);
    }

    private static (string? Failure, bool IsNew) Count(
        IngestEvent sent, Destination destination, string? field, string? click, Recording recording)
    {
        var action = destination.ConversionAction;
        var instant = Rfc3339.Parse(sent.EventTimestamp!)!.Value;
        var account = destination.OperatingAccount!.AccountId!;
        var fault = FindFault(sent, field, click, instant, recording.Clicks)
            ?? (sent.Identifiers.Count > 0 ? recording.IdentifierErrors.GetValueOrDefault(account) : null);
        var subject = click ?? sent.Identifiers[0].Hash?.Value ?? "";
        var identity = new ClickIdentity(action, subject, instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerSecond));
        return recording.LedgerOf(account).Ingest(
            new(identity, field == "wbraid", sent.TransactionId, sent.ConversionValue, sent.Currency),
            click is null ? null : ScriptedErrors.Once(click), fault);
    }

    /// <summary>What Google finds out while it processes an event, without its prefix; null for nothing.</summary>
    private static string? FindFault(
        IngestEvent sent, string? field, string? click, DateTimeOffset time, ClickTimes clicks)
    {
        if (click is not null && !ClickIdText.CanBeDecoded(click))
            return $"INVALID_{field!.ToUpperInvariant()}";
        if (click is not null && time < clicks.Find(click))
            return "CONVERSION_PRECEDES_CLICK";
        // Inference: no reason for values is documented; of those that are this one says it.
        return sent.ConversionValue is { } value && (value < 0 || !Currencies.CanExpress(sent.Currency!, value))
            ? "INVALID_FORMAT"
            : null;
    }

    private static AcceptedConversion Accepted(
        IngestEvent sent, EventConsent? common, Destination destination, string? field, string? click) => new(
        destination.OperatingAccount!.AccountId!, destination.ConversionAction, sent.TransactionId, field, click,
        sent.EventTimestamp!, sent.ConversionValue, sent.Currency, (sent.Consent ?? common)?.ToSentConsent(),
        sent.Identifiers.Count);
}

/// <summary>The outcome of the events sent to one destination.</summary>
internal sealed record DestinationOutcome(int EventCount, IReadOnlyList<RejectedEvent> Rejected)
{
    public string Status =>
        Rejected.Count == 0 ? "SUCCESS" : Rejected.Count == EventCount ? "FAILED" : "PARTIAL_SUCCESS";
}

/// <summary>An event that failed in processing.</summary>
/// <param name="Index">In the request, from 0.</param>
/// <param name="Reason">Without its prefix, such as <c>INVALID_GCLID</c>.</param>
/// <param name="Indexed">Whether the status reports the index.</param>
internal readonly record struct RejectedEvent(int Index, string Reason, bool Indexed);
