namespace OpsMantik.Core.Providers.DataManager.Wire;

/// <summary><c>CONSENT_GRANTED</c>, <c>CONSENT_DENIED</c>, or left out where none was recorded.</summary>
internal sealed record EventConsent(string? AdUserData, string? AdPersonalization);
