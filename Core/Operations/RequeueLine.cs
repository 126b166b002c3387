namespace OpsMantik.Core.Operations;

/// <summary>How many of the rows to requeue ended, or wait, with one reason.</summary>
public sealed record RequeueLine(string Status, string? Category, string? Code, long Rows);
