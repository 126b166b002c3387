namespace OpsMantik.Core.Providers.GoogleAds.Wire;

/// <summary>google.rpc.Status.</summary>
internal sealed record RpcStatus(string? Message, string? Status, IReadOnlyList<StatusDetail?>? Details);
