namespace OpsMantik.Core.Providers;

/// <summary>A request as it would go out, secrets redacted, and which of the conversions are in it.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Address">Where it would go.</param>
/// <param name="Headers">In the order they are written; secrets are <c>[redacted]</c>.</param>
/// <param name="Body">JSON, not indented; empty when nothing would be sent.</param>
/// <param name="HeldBack">Position of each conversion that would not be sent, and its outcome.</param>
public sealed record RequestPreview(
    string Method,
    Uri Address,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    string Body,
    IReadOnlyList<KeyValuePair<int, UploadOutcome>> HeldBack);
