using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using OpsMantik.Core.Conversions;
using PhoneNumbers;

namespace OpsMantik.Cli.Sales;

/// <summary>
/// Makes hashes of e-mail addresses and telephone numbers as Google wants them (enhanced conversions for leads): normalised, then SHA-256 in
/// lower-case hexadecimal. Only the hash goes further.
/// </summary>
internal static partial class ContactHash
{
    /// <returns>Null for an empty text, a word that stands for none, and a hash of either.</returns>
    /// <exception cref="FormatException">It is no address; the message does not repeat it.</exception>
    public static string? Email(string text)
    {
        if (IsAbsent(text))
            return null;
        if (IdentifierHash.IsSha256(text))
            return text.ToLowerInvariant();
        RefuseOtherHash("email", text);
        var address = string.Concat(text.Where(letter => !char.IsWhiteSpace(letter))).ToLowerInvariant();
        if (address.Split('@') is not [{ Length: > 0 } name, var domain] || !domain.Contains('.', StringComparison.Ordinal))
            throw new FormatException("email is no address");
        // There the dots and what follows a plus make no difference.
        if (domain is "gmail.com" or "googlemail.com")
            name = name.Split('+')[0].Replace(".", "", StringComparison.Ordinal);
        return Hash($"{name}@{domain}");
    }

    /// <param name="country">Two letters for numbers without their country; null when the file says nothing.</param>
    /// <returns>As <see cref="Email"/>.</returns>
    /// <exception cref="FormatException">It is no number, or its country is not known; the message does not repeat it.</exception>
    public static string? Phone(string text, string? country)
    {
        var cell = SaleFields.Unmark(text);
        if (IsAbsent(cell))
            return null;
        if (IdentifierHash.IsSha256(cell))
            return cell.ToLowerInvariant();
        RefuseOtherHash("phone", cell);
        if (Float().IsMatch(cell))
            cell = cell[..^2];
        if (SaleFields.IsRounded(cell))
            throw new FormatException("phone was rounded by a spreadsheet (as 9.05E+11): format the column as text and export it again");
        var numbers = PhoneNumberUtil.GetInstance();
        var written = cell.StartsWith("00", StringComparison.Ordinal) ? $"+{cell[2..]}" : cell;
        if (!written.StartsWith('+') && country is null)
            throw new FormatException("phone has no country: give --country, as TR");
        try
        {
            var number = numbers.Parse(written, country);
            return numbers.IsValidNumber(number)
                ? Hash(numbers.Format(number, PhoneNumberFormat.E164))
                : throw new FormatException("phone is no valid number of its country");
        }
        catch (NumberParseException)
        {
            throw new FormatException("phone is no telephone number");
        }
    }

    private static bool IsAbsent(string text) => text.Length == 0 || Placeholders.Contains(text) || IdentifierHash.IsOfNothing(text);

    private static void RefuseOtherHash(string column, string text)
    {
        if (IdentifierHash.FindOtherForm(text) is { } form)
            throw new FormatException($"{column} is {form}, not {IdentifierHash.Wanted}");
    }

    // As programs write it that keep numbers as floating-point: read with its 0, it would be another number.
    [GeneratedRegex(@"^\+?[0-9]+\.0\z")]
    private static partial Regex Float();

    private static string Hash(string value) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)));
}
