namespace OpsMantik.Core.Providers.GoogleAds.Wire;

/// <summary>The body of a refused request.</summary>
internal sealed record ErrorResponse(RpcStatus? Error);
