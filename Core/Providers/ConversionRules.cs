namespace OpsMantik.Core.Providers;

/// <summary>
/// What must hold of a conversion before anything is sent, whatever the transport: one bad row fails alone, by a code
/// of ours, and its neighbours go out.
/// </summary>
internal static class ConversionRules
{
    /// <summary>The bound that Google's older AdWords API stated for a click id; our bound here.</summary>
    public const int MaxClickIdLength = 512;

    /// <summary>
    /// The length of a transaction id in Google's import files; the API states none, so this bound is ours. Sale ids
    /// (36) fit well inside.
    /// </summary>
    public const int MaxOrderIdLength = 64;

    private static readonly DateTimeOffset EarliestTime = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset EndOfTime = new(2101, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The outcome of a conversion that cannot be sent; null when it can.</summary>
    public static UploadOutcome? FindFault(Conversion conversion)
    {
        if (conversion.Click is not { } click)
        {
            return UploadOutcome.Unsendable("MISSING_CLICK_ID", "The sale has no gclid, gbraid or wbraid.");
        }

        if (!IsClickId(click.Value))
        {
            return UploadOutcome.Unsendable(
                "INVALID_CLICK_ID",
                $"The click id must be 1 to {MaxClickIdLength} characters without spaces or control characters.");
        }

        if (!IsOrderId(conversion.OrderId))
        {
            return UploadOutcome.Unsendable(
                "INVALID_ORDER_ID",
                $"The order id must be 1 to {MaxOrderIdLength} characters without control characters.");
        }

        if (conversion.Currency is not { Length: 3 } currency || !currency.All(char.IsAsciiLetterUpper))
        {
            return UploadOutcome.Unsendable("INVALID_CURRENCY", "The currency must be three capital letters, as TRY.");
        }

        if (conversion.ValueCents < 0)
        {
            return UploadOutcome.Unsendable("INVALID_VALUE", "The value must not be negative.");
        }

        return conversion.Time < EarliestTime || conversion.Time >= EndOfTime
            ? UploadOutcome.Unsendable("INVALID_CONVERSION_TIME", "The conversion time must lie in 1970 to 2100.")
            : null;
    }

    private static bool IsClickId(string? value) =>
        value is { Length: > 0 and <= MaxClickIdLength }
        && !value.Any(c => char.IsWhiteSpace(c) || char.IsControl(c));

    private static bool IsOrderId(string? value) =>
        value?.Length <= MaxOrderIdLength && !string.IsNullOrWhiteSpace(value) && !value.Any(char.IsControl);
}
