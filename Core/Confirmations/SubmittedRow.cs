namespace OpsMantik.Core.Confirmations;

/// <summary>A queue row that waits for its confirmation.</summary>
/// <param name="RequestIndex">Its place in the request, from 0; null when somebody lost it.</param>
/// <param name="RetryCount">Attempts spent before this one.</param>
internal sealed record SubmittedRow(Guid Id, int? RequestIndex, int RetryCount);
