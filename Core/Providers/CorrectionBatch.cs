using OpsMantik.Core.Conversions;

namespace OpsMantik.Core.Providers;

/// <summary>One call's corrections, without those that cannot or need not be sent now.</summary>
/// <param name="corrections">The corrections of the call.</param>
/// <param name="now">By which a conversion is too old.</param>
/// <param name="findFault">What the way to the provider cannot take; null while no way is known.</param>
internal sealed class CorrectionBatch(
    IReadOnlyList<Correction> corrections, DateTimeOffset now, Func<Correction, UploadOutcome?>? findFault = null)
    : SendBatch<Correction>(corrections, Check(corrections, now, findFault))
{
    private static UploadOutcome?[] Check(
        IReadOnlyList<Correction> corrections, DateTimeOffset now, Func<Correction, UploadOutcome?>? findFault)
    {
        UploadOutcome?[] settled = [.. corrections.Select(one => CorrectionRules.FindFault(one, now) ?? findFault?.Invoke(one))];
        var repeated = corrections.Index()
            .Where(each => settled[each.Index] is null)
            .GroupBy(each => IdentityOf(each.Item.Conversion))
            // The oldest goes first: where the last one to arrive stands, the order decides the value.
            .SelectMany(same => same.OrderBy(each => each.Item.CorrectedAt).Skip(1));
        foreach (var (position, _) in repeated.ToList())
        {
            settled[position] = UploadOutcome.Postponed(
                "DUPLICATE_IN_BATCH",
                ErrorCategory.Transient,
                "Another correction of the same conversion goes first.",
                OutcomeWaits.Duplicate) with
            {
                MayHaveBeenSent = false,
            };
        }

        return settled;
    }

    private static (string, string?, long) IdentityOf(Conversion conversion) => conversion.OrderId.Length > 0
        ? (conversion.OrderId, null, 0)
        : ("", conversion.Click?.Value, conversion.Time.ToUnixTimeSeconds());
}

/// <summary>What must hold of a correction before anything is sent, whatever the transport.</summary>
internal static class CorrectionRules
{
    /// <summary>
    /// Google adjusts no older conversion (CONVERSION_EXPIRED). On Data Manager, which states no limit, an event whose conversion was
    /// forgotten would be counted as a new one: so the limit holds there too.
    /// </summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(54);

    /// <summary>The outcome of a correction that cannot be sent; null when it can.</summary>
    public static UploadOutcome? FindFault(Correction correction, DateTimeOffset now)
    {
        var conversion = correction.Conversion;
        if (conversion.OrderId.Length > 0 && ConversionRules.FindFault(conversion.OrderId) is { } orderFault)
        {
            return orderFault;
        }

        if (correction.Kind == CorrectionKind.Restate)
        {
            var valueFault = correction.NewValue is { } value
                ? ConversionRules.FindFault(value)
                : UploadOutcome.Unsendable("INVALID_VALUE", "A restatement needs the new value.");
            if (valueFault is not null)
            {
                return valueFault;
            }
        }

        return now - conversion.Time > MaxAge
            ? UploadOutcome.Unsendable(
                CorrectionCodes.Expired,
                $"The conversion is older than {MaxAge.TotalDays:0} days; Google corrects none so old. The correction was not sent.")
            : null;
    }
}

/// <summary>What a correction can end with beside Google's own codes.</summary>
internal static class CorrectionCodes
{
    /// <summary>Google's name, also for what is not even sent.</summary>
    public const string Expired = "CONVERSION_EXPIRED";

    /// <summary>The way to Google cannot name the conversion.</summary>
    public const string NotPossible = "CORRECTION_NOT_POSSIBLE";

    /// <summary>Google answered as if the correction were done, and it is not.</summary>
    public const string NotTaken = "CORRECTION_NOT_TAKEN";

    /// <summary>The value of a canceled sale is 0, and it stays counted.</summary>
    public const string CountStays = "COUNT_STAYS";

    /// <summary>Failures that no person can change: what the provider has stays. They are to be known, and nothing is to be done.</summary>
    public static readonly string[] Final = [Expired, NotPossible, "TOO_MANY_ADJUSTMENTS"];
}
