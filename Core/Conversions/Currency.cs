using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace OpsMantik.Core.Conversions;

/// <summary>A currency of ISO 4217, and how the dashboard keeps its amounts.</summary>
/// <param name="Code">Three capital letters, as TRY.</param>
/// <param name="MinorUnitDigits">Decimals that the stored whole number holds: 2 for hundredths, 0 to 4.</param>
/// <param name="Decimals">Decimals that ISO 4217 gives the currency; Google takes no more.</param>
public readonly record struct Currency(string Code, int MinorUnitDigits, int Decimals)
{
    public override string ToString() => Code;
}

/// <summary>
/// The currencies of ISO 4217 (funds, metals and test codes left out), with the digits of the dashboard's minor units:
/// none for JPY, KRW, CLP, PYG, VND, IDR and ISK; three for KWD, BHD, OMR, JOD and TND; two for every other, also where
/// ISO 4217 says none (XAF) or three (LYD). <c>Money__MinorUnits</c> overrides that.
/// </summary>
public sealed class Currencies
{
    private const int DashboardDigits = 2;

    private const string TwoDecimals =
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC"
        + " CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD"
        + " KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO"
        + " NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL"
        + " THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";

    private const string NoDecimals = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
    private const string ThreeDecimals = "BHD IQD JOD KWD LYD OMR TND";

    // What the dashboard's own code keeps in another unit than hundredths.
    private static readonly FrozenDictionary<string, int> Dashboard = new (int Digits, string Codes)[]
    {
        (0, "JPY KRW CLP PYG VND IDR ISK"),
        (3, "KWD BHD OMR JOD TND"),
    }
    .SelectMany(group => group.Codes.Split(' '), (group, code) => (code, group.Digits))
    .ToFrozenDictionary(entry => entry.code, entry => entry.Digits, StringComparer.Ordinal);

    private static readonly (int Decimals, string Codes)[] Iso = [(0, NoDecimals), (2, TwoDecimals), (3, ThreeDecimals)];

    private readonly FrozenDictionary<string, Currency> _byCode;

    /// <exception cref="FormatException">The setting cannot be read.</exception>
    public Currencies(IOptions<MoneyOptions> options)
    {
        var overrides = MoneyOptions.Read(options.Value.MinorUnits);
        _byCode = Iso
            .SelectMany(group => group.Codes.Split(' '), (group, code) => new Currency(
                code,
                overrides.TryGetValue(code, out var digits) ? digits : Dashboard.GetValueOrDefault(code, DashboardDigits),
                group.Decimals))
            .ToFrozenDictionary(currency => currency.Code, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Without any override.</summary>
    public static Currencies Default { get; } = new(Options.Create(new MoneyOptions()));

    public IReadOnlyCollection<Currency> All => _byCode.Values;

    /// <param name="code">A code that is one for certain.</param>
    /// <exception cref="ArgumentException">It is none.</exception>
    public Currency Get(string code) =>
        TryFind(code, out var currency) ? currency : throw new ArgumentException($"There is no currency {code}.", nameof(code));

    /// <summary>Finds a currency by its code, in any case and with spaces around.</summary>
    public bool TryFind(string? code, out Currency currency)
    {
        currency = default;
        return code is not null
            && (_byCode.TryGetValue(code, out currency) || _byCode.TryGetValue(code.Trim(), out currency));
    }
}

/// <summary>Settings of section <c>Money</c>.</summary>
public sealed class MoneyOptions
{
    public const string Section = "Money";

    private const int MaxDigits = 4;

    /// <summary>
    /// Currencies that the dashboard keeps in another unit than ours says, as <c>JPY=2,KRW=2</c>: the code and the number of
    /// decimals in <c>value_cents</c>, 0 to 4.
    /// </summary>
    [CustomValidation(typeof(MoneyOptions), nameof(Check))]
    public string? MinorUnits { get; set; }

    /// <summary>The overrides by code.</summary>
    /// <exception cref="FormatException">A part is not <c>CODE=digits</c>; the message names it.</exception>
    public static IReadOnlyDictionary<string, int> Read(string? text)
    {
        var overrides = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        foreach (var part in (text ?? "").Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (part is not [_, _, _, '=', >= '0' and <= '9'] || part[4] - '0' > MaxDigits || !part[..3].All(char.IsAsciiLetter))
                throw new FormatException($"Money__MinorUnits: '{part}' is not a currency and its decimals, as JPY=2 (0 to {MaxDigits}).");
            overrides[part[..3]] = part[4] - '0';
        }

        return overrides;
    }

    public static ValidationResult? Check(string? text)
    {
        try
        {
            Read(text);
            return ValidationResult.Success;
        }
        catch (FormatException exception)
        {
            return new ValidationResult(exception.Message, [nameof(MinorUnits)]);
        }
    }
}
