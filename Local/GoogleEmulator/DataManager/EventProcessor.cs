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
            if (ScriptedErrors.Processing(click) is var (reason, indexed))
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
            new(action, click, instant.UtcTicks), new(action, sent.TransactionId!), ScriptedErrors.Once(click));
    }

    private static AcceptedConversion Accepted(
        IngestEvent sent, EventConsent? common, Destination destination, string field, string click) => new(
        destination.OperatingAccount!.AccountId!, destination.ConversionAction, sent.TransactionId, field, click,
        sent.EventTimestamp!, sent.ConversionValue, sent.Currency, (sent.Consent ?? common)?.ToSentConsent());
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
