namespace OpsMantik.Core.Providers.DataManager.Wire;

/// <summary>One conversion; null members are left out.</summary>
internal sealed record Event
{
    public required IReadOnlyList<string> DestinationReferences { get; init; }

    /// <summary>Never purely numeric: see <see cref="TransactionIds"/>.</summary>
    public required string TransactionId { get; init; }

    /// <summary>RFC 3339, UTC.</summary>
    public required string EventTimestamp { get; init; }

    public required string EventSource { get; init; }

    public required AdIdentifiers AdIdentifiers { get; init; }

    /// <summary>A decimal, written digit by digit: cents never pass through a floating-point number of ours.</summary>
    public required decimal ConversionValue { get; init; }

    public required string Currency { get; init; }

    public EventConsent? Consent { get; init; }
}
