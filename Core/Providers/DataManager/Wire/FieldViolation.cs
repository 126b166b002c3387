namespace OpsMantik.Core.Providers.DataManager.Wire;

/// <summary>One member of a BadRequest: <c>events.events[3].transaction_id</c>, <c>REQUIRED_FIELD_MISSING</c>.</summary>
internal sealed record FieldViolation(string? Field, string? Description, string? Reason);
