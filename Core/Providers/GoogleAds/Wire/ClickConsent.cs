namespace OpsMantik.Core.Providers.GoogleAds.Wire;

/// <summary>Consent as this service takes it: ad personalization is not part of click uploads.</summary>
/// <param name="AdUserData">GRANTED or DENIED.</param>
internal sealed record ClickConsent(string AdUserData);
