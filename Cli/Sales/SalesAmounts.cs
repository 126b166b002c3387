using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;

namespace OpsMantik.Cli.Sales;

/// <summary>
/// Reads amounts as people write them. Whether the comma or the point divides is decided once for the whole column, by those of its
/// amounts that allow one reading only (1.234,50 or 12,5); 1.234 alone says nothing.
/// </summary>
internal sealed partial class SalesAmounts(char? given)
{
    private bool _hasComma;
    private bool _hasPoint;

    /// <summary>The sign that divides; null while nothing says which.</summary>
    public char? Decimal => given ?? (_hasComma == _hasPoint ? null : _hasComma ? ',' : '.');

    /// <summary>Looks at one amount of the column.</summary>
    public void Learn(string text)
    {
        if (DecimalOf(Strip(text)) is not { } sign)
            return;
        _hasComma |= sign == ',';
        _hasPoint |= sign == '.';
    }

    /// <exception cref="FormatException">It is no amount, or has two readings.</exception>
    public decimal Read(string text)
    {
        var digits = Strip(text);
        var sign = given ?? DecimalOf(digits) ?? Decimal;
        if (sign is null && digits.AsSpan().IndexOfAny(',', '.') >= 0)
            throw new FormatException($"amount is {SaleFields.Quote(text)}, which may be a thousand or a fraction: give --decimal comma or --decimal point");
        var plain = sign switch
        {
            ',' => digits.Replace(".", "", StringComparison.Ordinal).Replace(',', '.'),
            '.' => digits.Replace(",", "", StringComparison.Ordinal),
            _ => digits,
        };
        return IsGrouped(digits, sign)
            && decimal.TryParse(plain, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            ? amount
            : throw new FormatException(Expected(text));
    }

    /// <summary>What to say of a text that is no amount.</summary>
    public static string Expected(string text) => $"amount is {SaleFields.Quote(text)}, expected such as 1234.50";

    /// <summary>The currency that the amount itself names, by a code or a sign; null when none, or when its sign is of several.</summary>
    public static string? CurrencyOf(string text)
    {
        if (IsPlain(text))
            return null;
        var match = Written().Match(text);
        var code = $"{match.Groups["before"].Value}{match.Groups["after"].Value}";
        return code.Equals("TL", StringComparison.OrdinalIgnoreCase) || text.Contains('₺', StringComparison.Ordinal) ? "TRY"
            : code.Length > 0 ? code
            : text.Contains('€', StringComparison.Ordinal) ? "EUR"
            : text.Contains('£', StringComparison.Ordinal) ? "GBP"
            : null;
    }

    private static string Strip(string text) => IsPlain(text) ? text : string.Concat(Written().Match(text).Groups["amount"].Value
        .Where(letter => !char.IsWhiteSpace(letter) && letter is not ('\'' or '’')));

    // Nearly every amount, and there are a hundred thousand: one look at the characters.
    private static bool IsPlain(string text) => !text.AsSpan().ContainsAnyExcept(PlainCharacters);

    private static readonly SearchValues<char> PlainCharacters = SearchValues.Create("0123456789.,");

    // The sign of the fraction, where the amount allows no other reading.
    private static char? DecimalOf(string digits)
    {
        var (comma, point) = (digits.LastIndexOf(','), digits.LastIndexOf('.'));
        if (comma >= 0 && point >= 0)
            return comma > point ? ',' : '.';
        var at = Math.Max(comma, point);
        if (at < 0)
            return null;
        var sign = digits[at];
        if (digits.IndexOf(sign, StringComparison.Ordinal) != at)
            return sign == ',' ? '.' : ',';
        return digits.Length - at - 1 == 3 && at is > 0 and <= 3 ? null : sign;
    }

    // Groups of thousands have three digits and stand before the fraction: 12.50.00 is no amount, nor is 1,000.00 with --decimal comma.
    private static bool IsGrouped(string digits, char? sign)
    {
        var parts = sign is { } mark ? digits.Split(mark) : [digits];
        var groups = parts[0].Split('.', ',');
        return parts.Skip(1).All(fraction => fraction.AsSpan().IndexOfAny('.', ',') < 0)
            && (groups.Length == 1 || groups[0].Length is >= 1 and <= 3 && groups.Skip(1).All(group => group.Length == 3));
    }

    // A sign or a code of a currency on one side; \s is any space, also the narrow ones of spreadsheets.
    [GeneratedRegex(@"^\s*(?<before>[A-Za-z]{2,3})?[\s\p{Sc}]*(?<amount>.*?)[\s\p{Sc}]*(?<after>[A-Za-z]{2,3})?\s*\z", RegexOptions.Singleline)]
    private static partial Regex Written();
}
