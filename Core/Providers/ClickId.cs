namespace OpsMantik.Core.Providers;

/// <summary>The one click identifier a conversion is sent with.</summary>
public readonly record struct ClickId(ClickIdKind Kind, string Value);
