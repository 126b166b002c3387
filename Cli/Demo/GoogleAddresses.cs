namespace OpsMantik.Cli.Demo;

/// <summary>Where the app finds "Google".</summary>
internal sealed record GoogleAddresses(Uri BaseAddress, Uri TokenUri, Uri DataManagerBaseAddress);
