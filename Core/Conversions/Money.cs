using System.Globalization;

namespace OpsMantik.Core.Conversions;

/// <summary>An amount as the dashboard keeps it: a whole number of its currency's minor units. Exact everywhere.</summary>
/// <param name="MinorUnits">As in <c>value_cents</c>: 12345 is 123.45 TRY, 12,345 JPY, 12.345 KWD.</param>
public readonly record struct Money(long MinorUnits, Currency Currency)
{
    private static readonly decimal[] Scales = [1m, 10m, 100m, 1_000m, 10_000m];

    /// <summary>
    /// False when the amount has more decimals than its currency has (123.45 JPY): then the minor units were read by the wrong
    /// number of digits.
    /// </summary>
    public bool FitsCurrency => decimal.Round(ToMajor(), Currency.Decimals) == ToMajor();

    /// <summary>The amount in the major unit, in which Google takes it; without trailing zeros.</summary>
    public decimal ToMajor() => MinorUnits / Scales[Currency.MinorUnitDigits];

    /// <summary>Reads an amount in the major unit, as people write it.</summary>
    /// <returns>False when it has more decimals than the minor units hold, or more than the currency has, or leaves 64 bits.</returns>
    public static bool TryFromMajor(decimal amount, Currency currency, out Money money)
    {
        money = default;
        // Before the multiplication, which could leave the range of a decimal.
        if (Math.Abs(amount) > ulong.MaxValue || decimal.Round(amount, currency.Decimals) != amount)
            return false;
        var minor = amount * Scales[currency.MinorUnitDigits];
        if (decimal.Truncate(minor) != minor || minor is < long.MinValue or > long.MaxValue)
            return false;
        money = new Money((long)minor, currency);
        return true;
    }

    /// <summary>As people write it: <c>¥12,345</c>, <c>12.345 KWD</c>, <c>₺1,234.50</c>.</summary>
    public override string ToString()
    {
        var amount = Math.Abs(ToMajor());
        var decimals = FitsCurrency ? Math.Min(Currency.MinorUnitDigits, Currency.Decimals) : Currency.MinorUnitDigits;
        var number = amount.ToString($"N{decimals}", CultureInfo.InvariantCulture);
        var sign = MinorUnits < 0 ? "-" : "";
        return Symbol(Currency.Code) is { } symbol ? $"{sign}{symbol}{number}" : $"{sign}{number} {Currency.Code}";
    }

    // Those that stand for one currency only; a dollar or a peso sign would not say whose.
    private static string? Symbol(string code) => code switch
    {
        "TRY" => "₺",
        "EUR" => "€",
        "GBP" => "£",
        "USD" => "$",
        "JPY" => "¥",
        "KRW" => "₩",
        "INR" => "₹",
        "ILS" => "₪",
        "UAH" => "₴",
        "VND" => "₫",
        _ => null,
    };
}
