namespace OpsMantik.Core.Providers.GoogleAds.Wire;

internal sealed record FieldPathElement(string? FieldName, int? Index);
