namespace OpsMantik.Core.Runs;

/// <summary>What one upload run may do.</summary>
/// <param name="ProviderKey">Only this provider; null for all.</param>
/// <param name="Limit">Most rows over all groups; null drains what is due within the time budget.</param>
public sealed record UploadRequest(string? ProviderKey = null, int? Limit = null);
