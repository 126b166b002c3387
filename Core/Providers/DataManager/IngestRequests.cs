using System.Globalization;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers.GoogleAds;

namespace OpsMantik.Core.Providers.DataManager;

/// <summary>Maps canonical conversions to Data Manager's.</summary>
internal static class IngestRequests
{
    /// <summary>
    /// Required for offline conversions, although documented as optional. WEB and not PHONE: the ad click and its
    /// identifier come from the web, Google's own example of an offline conversion says so, and the row does not tell
    /// whether the sale was closed by phone or by chat.
    /// </summary>
    public const string EventSource = "WEB";

    // Of one event (Data Manager's page of limits).
    private const int MaxUserIdentifiers = 10;

    private const string Reference = "conversion-action";
    private const string GoogleAds = "GOOGLE_ADS";

    public static IngestEventsRequest From(
        DataManagerCredentials credentials, IEnumerable<Conversion> conversions)
    {
        Event[] events = [.. conversions.Select(Event)];
        return new([Destination(credentials)], events, events.Any(sent => sent.UserData is not null) ? "HEX" : null);
    }

    private static Destination Destination(DataManagerCredentials credentials) => new(
        Reference,
        credentials.LoginCustomerId is { } login ? new ProductAccount(GoogleAds, login) : null,
        new ProductAccount(GoogleAds, credentials.CustomerId),
        credentials.ConversionActionId);

    private static Event Event(Conversion conversion)
    {
        return new Event
        {
            DestinationReferences = [Reference],
            TransactionId = TransactionIds.For(conversion.OrderId),
            EventTimestamp = conversion.Time.UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            EventSource = EventSource,
            AdIdentifiers = conversion.Click is { } click
                ? new AdIdentifiers(
                    click.Kind == ClickIdKind.Gclid ? click.Value : null,
                    click.Kind == ClickIdKind.Gbraid ? click.Value : null,
                    click.Kind == ClickIdKind.Wbraid ? click.Value : null)
                : null,
            UserData = conversion.UserIdentifiers.Count == 0
                ? null
                : new UserData([.. conversion.UserIdentifiers.Take(MaxUserIdentifiers).Select(Identifier)]),
            ConversionValue = conversion.Value.ToMajor(),
            Currency = conversion.Value.Currency.Code,
            Consent = conversion.Consent is { } consent && (consent.AdUserData ?? consent.AdPersonalization) is not null
                ? new EventConsent(ConsentText(consent.AdUserData), ConsentText(consent.AdPersonalization))
                : null,
        };
    }

    private static EventUserIdentifier Identifier(UserIdentifier identifier) => identifier.Kind == UserIdentifierKind.Email
        ? new EventUserIdentifier(identifier.Hash, null)
        : new EventUserIdentifier(null, identifier.Hash);

    private static string? ConsentText(bool? granted) =>
        granted is null ? null : granted.Value ? "CONSENT_GRANTED" : "CONSENT_DENIED";
}

/// <summary>
/// The order id as Data Manager takes it. Google refuses purely numeric transaction ids (which its <c>validateOnly</c>
/// does not notice), so those get a prefix. The same order id always gives the same transaction id: it is the identity
/// by which Google recognises a second sending.
/// </summary>
internal static class TransactionIds
{
    public const string NumericPrefix = "om-";

    public static string For(string orderId) => orderId.All(char.IsDigit) ? NumericPrefix + orderId : orderId;
}

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
                Fault = ErrorTable.Unknown("INVALID_RESPONSE", "Google's answer has no request id to ask for."),
            };
    }

    private static bool IsRequestId(string? text, SecretScrubber scrubber) =>
        text is { Length: > 0 and <= MaxRequestIdLength }
        && text.All(c => c is > ' ' and <= '~')
        && scrubber.IsClean(text);
}
