namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>One bad field of a request.</summary>
/// <param name="Field">Path in snake case, such as <c>events[3].ad_identifiers</c>; empty for the whole body.</param>
/// <param name="Description">Google's words.</param>
/// <param name="Reason">Name in Google's enum <c>ErrorReason</c>; null where its JSON front end stumbled.</param>
internal sealed record FieldViolation(string Field, string Description, string? Reason);
