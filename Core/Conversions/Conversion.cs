namespace OpsMantik.Core.Conversions;

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

    /// <summary>
    /// True when the provider may have it already without our knowing: from an earlier claim of the row, or from another
    /// sender of ours before the change-over.
    /// </summary>
    public required bool MayHaveBeenSent { get; init; }

    /// <summary>Null when the visitor's click left no identifier; then <see cref="UserIdentifiers"/> must hold one.</summary>
    public required ClickId? Click { get; init; }

    /// <summary>Google takes whole seconds: what is sent is cut to the second.</summary>
    public required DateTimeOffset Time { get; init; }

    public required Money Value { get; init; }

    public Consent? Consent { get; init; }

    /// <summary>Hashes of the customer's e-mail address and telephone number; none where consent keeps them at home.</summary>
    public IReadOnlyList<UserIdentifier> UserIdentifiers { get; init; } = [];
}
