using OpsMantik.Core.Conversions;

namespace OpsMantik.Cli.Sales;

/// <summary>An amount and a currency, as people write them, become money.</summary>
internal static class SalesMoney
{
    /// <param name="text">The amount; it may name its currency.</param>
    /// <param name="written">The currency written beside it; empty when none is.</param>
    /// <param name="otherwise">The currency where nothing names one.</param>
    /// <exception cref="FormatException">It is no amount, has two readings, or does not fit its currency; the message says which.</exception>
    public static Money Read(string text, string written, string? otherwise, SalesAmounts amounts, Currencies currencies)
    {
        var named = SalesAmounts.CurrencyOf(text);
        var code = written.Length > 0 ? written : named ?? otherwise ?? "";
        if (code.Equals("TL", StringComparison.OrdinalIgnoreCase))
            code = "TRY";
        if (!currencies.TryFind(code, out var currency))
        {
            throw new FormatException(code.Length == 0
                ? "the currency is missing: give --currency"
                : $"currency is {SaleFields.Quote(code)}, which ISO 4217 does not know");
        }

        if (named is not null && !named.Equals(currency.Code, StringComparison.OrdinalIgnoreCase))
        {
            throw new FormatException(currencies.TryFind(named, out _)
                ? $"amount is {SaleFields.Quote(text)}, but the currency is {currency.Code}"
                : SalesAmounts.Expected(text));
        }

        var amount = amounts.Read(SaleFields.Required("amount", text));
        return Money.TryFromMajor(amount, currency, out var money)
            ? money
            : throw new FormatException($"amount is {SaleFields.Quote(text)}, more decimals than {currency.Code} has");
    }
}
