namespace OpsMantik.Core.Providers.GoogleAds.OAuth;

/// <summary>Where tokens are fetched, and with what. Never taken from a credential, which could name its own place.</summary>
internal sealed record TokenEndpoint(Uri Address, FlowHttpClientFactory Http, TimeProviderClock Clock);
