namespace OpsMantik.Core.Providers.DataManager.Wire;

/// <summary>The members we read of the detail types: BadRequest, ErrorInfo, RequestInfo and RetryInfo.</summary>
internal sealed record RefusalDetail(
    IReadOnlyList<FieldViolation?>? FieldViolations,
    string? Reason,
    Dictionary<string, string?>? Metadata,
    string? RequestId,
    string? RetryDelay);
