namespace OpsMantik.Core.Providers.DataManager.Wire;

/// <summary>An optional field that Google left out of account.</summary>
internal sealed record FieldWarning(string? Field, string? Description, string? Reason);
