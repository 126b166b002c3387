using OpsMantik.Core.Conversions;

namespace OpsMantik.Core.Providers;

/// <summary>One call's conversions, without those that cannot or need not be sent now.</summary>
internal sealed class UploadBatch(IReadOnlyList<Conversion> conversions)
    : SendBatch<Conversion>(conversions, Check(conversions))
{
    /// <summary>Our number for the request, where the provider's interface takes one; null for none.</summary>
    public int? JobId { get; init; }

    private static UploadOutcome?[] Check(IReadOnlyList<Conversion> conversions)
    {
        var orders = new HashSet<string>(StringComparer.Ordinal);
        var clicks = new HashSet<(string, long)>();
        return [.. conversions.Select(one => ConversionRules.FindFault(one) ?? FindDuplicate(one, orders, clicks))];
    }

    /// <summary>
    /// Google processes none of the conversions that share an order id, or click and second, within one request. So the
    /// first is sent, and the others are sent later, when Google answers "already exists".
    /// </summary>
    private static UploadOutcome? FindDuplicate(
        Conversion conversion, HashSet<string> orders, HashSet<(string, long)> clicks)
    {
        // Google compares the text, whichever kind of click id it is sent as.
        (string, long)? click = conversion.Click is { } id ? (id.Value, conversion.Time.ToUnixTimeSeconds()) : null;
        if (orders.Contains(conversion.OrderId) || click is { } same && clicks.Contains(same))
        {
            return UploadOutcome.Postponed(
                "DUPLICATE_IN_BATCH",
                ErrorCategory.Transient,
                "Another conversion of this batch has the same order id, or the same click and time; it goes first.",
                OutcomeWaits.Duplicate) with
            {
                MayHaveBeenSent = false,
            };
        }

        orders.Add(conversion.OrderId);
        if (click is { } own)
            clicks.Add(own);
        return null;
    }
}

/// <summary>
/// What must hold of a conversion before anything is sent, whatever the transport: one bad row fails alone, by a code
/// of ours, and its neighbours go out.
/// </summary>
internal static class ConversionRules
{
    private static readonly DateTimeOffset EarliestTime = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset EndOfTime = new(2101, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The outcome of a conversion that cannot be sent; null when it can.</summary>
    public static UploadOutcome? FindFault(Conversion conversion)
    {
        if (conversion.Click is null && conversion.UserIdentifiers.Count == 0)
        {
            return UploadOutcome.Unsendable(
                "MISSING_CLICK_ID", "The sale has no gclid, gbraid or wbraid, and no hashed identifier that may be sent.");
        }

        if (conversion.Click is { } click && !ClickIdReader.IsWellFormed(click.Value))
        {
            return UploadOutcome.Unsendable(
                "INVALID_CLICK_ID",
                $"The click id must be 1 to {ClickIdReader.MaxLength} letters, digits, dashes and underscores.");
        }

        if ((FindFault(conversion.OrderId) ?? FindFault(conversion.Value)) is { } fault)
        {
            return fault;
        }

        return conversion.Time < EarliestTime || conversion.Time >= EndOfTime
            ? UploadOutcome.Unsendable("INVALID_CONVERSION_TIME", "The conversion time must lie in 1970 to 2100.")
            : null;
    }

    /// <summary>The outcome of an order id that cannot be sent; null when it can.</summary>
    public static UploadOutcome? FindFault(string orderId) => OrderId.IsWellFormed(orderId)
        ? null
        : UploadOutcome.Unsendable(
            "INVALID_ORDER_ID", $"The order id must be 1 to {OrderId.MaxLength} characters without control characters.");

    /// <summary>The outcome of a value that cannot be sent; null when it can.</summary>
    public static UploadOutcome? FindFault(Money value) =>
        value.MinorUnits < 0 ? UploadOutcome.Unsendable("INVALID_VALUE", "The value must not be negative.")
        : value.FitsCurrency ? null
        : UploadOutcome.Unsendable(
            "INVALID_VALUE",
            $"{value} has more decimals than the currency: if the dashboard keeps its whole units, set Money__MinorUnits"
            + $" to {value.Currency.Code}={value.Currency.Decimals}.");
}
