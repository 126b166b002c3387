using System.Globalization;
using OpsMantik.Core.Providers.DataManager.Wire;

namespace OpsMantik.Core.Providers.DataManager.Sending;

/// <summary>Canonical conversions in Data Manager's words.</summary>
internal static class IngestRequests
{
    /// <summary>
    /// Required for offline conversions, although documented as optional. WEB and not PHONE: the ad click and its
    /// identifier come from the web, Google's own example of an offline conversion says so, and the row does not tell
    /// whether the sale was closed by phone or by chat.
    /// </summary>
    public const string EventSource = "WEB";

    private const string Reference = "conversion-action";
    private const string GoogleAds = "GOOGLE_ADS";

    public static IngestEventsRequest From(
        DataManagerCredentials credentials, IEnumerable<Conversion> conversions) =>
        new([Destination(credentials)], [.. conversions.Select(Event)]);

    private static Destination Destination(DataManagerCredentials credentials) => new(
        Reference,
        credentials.LoginCustomerId is { } login ? new ProductAccount(GoogleAds, login) : null,
        new ProductAccount(GoogleAds, credentials.CustomerId),
        credentials.ConversionActionId);

    private static Event Event(Conversion conversion)
    {
        var click = conversion.Click!.Value;
        return new Event
        {
            DestinationReferences = [Reference],
            TransactionId = TransactionIds.For(conversion.OrderId),
            EventTimestamp = conversion.Time.UtcDateTime.ToString(
                "yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            EventSource = EventSource,
            AdIdentifiers = new AdIdentifiers(
                click.Kind == ClickIdKind.Gclid ? click.Value : null,
                click.Kind == ClickIdKind.Gbraid ? click.Value : null,
                click.Kind == ClickIdKind.Wbraid ? click.Value : null),
            ConversionValue = conversion.ValueCents / 100m,
            Currency = conversion.Currency,
            Consent = conversion.Consent is { } consent && (consent.AdUserData ?? consent.AdPersonalization) is not null
                ? new EventConsent(Word(consent.AdUserData), Word(consent.AdPersonalization))
                : null,
        };
    }

    private static string? Word(bool? granted) =>
        granted is null ? null : granted.Value ? "CONSENT_GRANTED" : "CONSENT_DENIED";
}
