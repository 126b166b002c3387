namespace OpsMantik.Core.Runs;

/// <summary>A provider key that this worker has no provider for.</summary>
public sealed class UnknownProviderException(string providerKey) : ArgumentException($"There is no provider {providerKey}.");
