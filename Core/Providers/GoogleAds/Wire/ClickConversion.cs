namespace OpsMantik.Core.Providers.GoogleAds.Wire;

/// <summary>A click conversion as Google takes it; null members are left out.</summary>
internal sealed record ClickConversion
{
    public required string ConversionAction { get; init; }

    public string? Gclid { get; init; }

    public string? Gbraid { get; init; }

    public string? Wbraid { get; init; }

    /// <summary><c>yyyy-MM-dd HH:mm:ss+00:00</c>.</summary>
    public required string ConversionDateTime { get; init; }

    /// <summary>A decimal, written digit by digit: cents never pass through a floating-point number of ours.</summary>
    public required decimal ConversionValue { get; init; }

    public required string CurrencyCode { get; init; }

    public required string OrderId { get; init; }

    public ClickConsent? Consent { get; init; }
}
