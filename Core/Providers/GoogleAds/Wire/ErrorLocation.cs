namespace OpsMantik.Core.Providers.GoogleAds.Wire;

internal sealed record ErrorLocation(IReadOnlyList<FieldPathElement?>? FieldPathElements);
