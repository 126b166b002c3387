using System.Text.Json.Serialization;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>A row's <c>consent</c> as sent; each part null when it was not there.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SentConsent(ConsentStatus? AdUserData, ConsentStatus? AdPersonalization);
