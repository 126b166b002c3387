namespace OpsMantik.Core.Providers;

/// <summary>A conversion that waits for its confirmation.</summary>
/// <param name="Id">The queue row's id; opaque to providers.</param>
/// <param name="RequestIndex">Its place in the request as it was sent, from 0.</param>
public sealed record SubmittedConversion(Guid Id, int RequestIndex);
