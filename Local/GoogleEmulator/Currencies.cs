using System.Collections.Frozen;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>
/// ISO 4217: the codes of money in use and how many decimals each has. Not in it: metals, XTS and XXX, which no sale is
/// paid in. Kept apart from the product's own table, so that a mistake there shows here.
/// </summary>
internal static class Currencies
{
    private const string TwoDecimals =
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF "
        + "CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG "
        + "HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
        + "MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE "
        + "SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW "
        + "ZWG";

    private static readonly FrozenDictionary<string, int> DecimalsOf = new (int Decimals, string Codes)[]
    {
        (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
        (2, TwoDecimals),
        (3, "BHD IQD JOD KWD LYD OMR TND"),
        (4, "CLF UYW"),
    }
    .SelectMany(group => group.Codes.Split(' '), (group, code) => (group.Decimals, code))
    .ToFrozenDictionary(entry => entry.code, entry => entry.Decimals, StringComparer.Ordinal);

    public static bool Contains(string code) => DecimalsOf.ContainsKey(code);

    /// <summary>Whether the amount has no more decimals than the currency; an unknown currency is judged elsewhere.</summary>
    public static bool CanExpress(string code, decimal amount) =>
        !DecimalsOf.TryGetValue(code, out var decimals) || decimal.Round(amount, decimals) == amount;
}
