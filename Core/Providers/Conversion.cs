namespace OpsMantik.Core.Providers;

/// <summary>
/// One confirmed sale in canonical form, with the payload's overrides applied: what every provider and transport sends.
/// </summary>
public sealed record Conversion
{
    /// <summary>The queue row's id; opaque to providers.</summary>
    public required Guid Id { get; init; }

    /// <summary>The identity under which the provider recognises a second sending of the same sale.</summary>
    public required string OrderId { get; init; }

    /// <summary>
    /// True when <see cref="OrderId"/> is the sale's own id, which no other system can have used: "order id already in
    /// use" then means that an earlier attempt of ours arrived.
    /// </summary>
    public required bool OrderIdIsSaleId { get; init; }

    /// <summary>True when an earlier claim of the row may have reached the provider without our knowing.</summary>
    public required bool MayHaveBeenSent { get; init; }

    /// <summary>Null when the visitor's click left no identifier; such a conversion cannot be sent.</summary>
    public required ClickId? Click { get; init; }

    public required DateTimeOffset Time { get; init; }

    /// <summary>Hundredths of <see cref="Currency"/>.</summary>
    public required long ValueCents { get; init; }

    /// <summary>ISO 4217.</summary>
    public required string Currency { get; init; }

    public Consent? Consent { get; init; }
}

/// <summary>The one click identifier a conversion is sent with.</summary>
public readonly record struct ClickId(ClickIdKind Kind, string Value);

/// <summary>The three identifiers a Google ad click can carry.</summary>
public enum ClickIdKind
{
    Gclid,
    Gbraid,
    Wbraid,
}

/// <summary>
/// The visitor's consent as the application recorded it, each part null where it recorded none. Never invented: a
/// missing consent is sent as missing (EU user consent policy).
/// </summary>
/// <param name="AdUserData">True: granted; false: denied.</param>
/// <param name="AdPersonalization">True: granted; false: denied. Click uploads do not carry it.</param>
public sealed record Consent(bool? AdUserData, bool? AdPersonalization);
