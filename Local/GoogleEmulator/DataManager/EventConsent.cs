namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>Google's <c>Consent</c>, its statuses as sent.</summary>
internal sealed record EventConsent
{
    public string? AdUserData { get; init; }

    public string? AdPersonalization { get; init; }

    /// <summary>The same in the words of the Google Ads API.</summary>
    public SentConsent ToSentConsent() => new(Status(AdUserData), Status(AdPersonalization));

    private static ConsentStatus? Status(string? text) => text switch
    {
        null => null,
        "CONSENT_GRANTED" => ConsentStatus.Granted,
        "CONSENT_DENIED" => ConsentStatus.Denied,
        _ => ConsentStatus.Unspecified,
    };
}
