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
