namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>A whole request refused, as a google.rpc.Status.</summary>
/// <param name="HttpStatus">Status line.</param>
/// <param name="Status">Canonical name, such as <c>INVALID_ARGUMENT</c>.</param>
/// <param name="Message">Google's words.</param>
/// <param name="Reason">Reason of its ErrorInfo; null for a fault without one.</param>
internal sealed record Fault(int HttpStatus, string Status, string Message, string? Reason)
{
    public const string Service = "datamanager.googleapis.com";

    /// <summary>Domain of the ErrorInfo: the API's own, or <c>googleapis.com</c> of what stands before it.</summary>
    public string Domain { get; init; } = Service;

    /// <summary>Of the ErrorInfo; the request id is added to the API's own.</summary>
    public IReadOnlyList<(string Key, string Value)> Metadata { get; init; } = [];

    public IReadOnlyList<FieldViolation> Violations { get; init; } = [];

    /// <summary>Of a RetryInfo; null for none.</summary>
    public TimeSpan? RetryDelay { get; init; }

    public static Fault Invalid(params IReadOnlyList<FieldViolation> violations) =>
        Invalid("INVALID_ARGUMENT") with { Violations = violations };

    /// <summary>A bad request that names no field.</summary>
    public static Fault Invalid(string reason) =>
        new(400, "INVALID_ARGUMENT", "There was a problem with the request.", reason);

    public static Fault Unreadable(JsonFault fault) => new(400, "INVALID_ARGUMENT", fault.Message, Reason: null)
    {
        Violations = [new(fault.Field, fault.Message, Reason: null)],
    };
}
