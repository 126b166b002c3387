namespace OpsMantik.Core.Providers;

/// <summary>The three identifiers a Google ad click can carry.</summary>
public enum ClickIdKind
{
    Gclid,
    Gbraid,
    Wbraid,
}
