using System.Globalization;
using OpsMantik.Core.Providers.GoogleAds.Wire;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>The canonical conversion in Google's words.</summary>
internal static class ClickConversions
{
    public static ClickConversion From(Conversion conversion, string conversionAction)
    {
        var click = conversion.Click!.Value;
        return new ClickConversion
        {
            ConversionAction = conversionAction,
            Gclid = click.Kind == ClickIdKind.Gclid ? click.Value : null,
            Gbraid = click.Kind == ClickIdKind.Gbraid ? click.Value : null,
            Wbraid = click.Kind == ClickIdKind.Wbraid ? click.Value : null,
            ConversionDateTime = conversion.Time.UtcDateTime.ToString(
                "yyyy-MM-dd HH:mm:ss'+00:00'", CultureInfo.InvariantCulture),
            ConversionValue = conversion.ValueCents / 100m,
            CurrencyCode = conversion.Currency,
            OrderId = conversion.OrderId,
            Consent = conversion.Consent?.AdUserData is { } granted
                ? new ClickConsent(granted ? "GRANTED" : "DENIED")
                : null,
        };
    }
}
