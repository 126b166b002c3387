using System.Text.RegularExpressions;
using OpsMantik.Core.Conversions;

namespace OpsMantik.Cli.Sales;

/// <summary>
/// Reads the order ids of a file. A program that keeps the numbers of a column with an empty cell as floating-point writes each as 4711.0;
/// where every id of the column ends so, it is the number without. One such id among others keeps its ending.
/// </summary>
internal sealed partial class SalesReferences
{
    // Fits an index of PostgreSQL in any alphabet.
    private const int MaxLength = 500;

    // Beyond it a floating-point number has lost its last digits.
    private const int MaxExactDigits = 15;

    private bool _hasFloat;
    private bool _hasOther;

    /// <summary>Whether ".0" is taken from every id.</summary>
    public bool AreFloats => _hasFloat && !_hasOther;

    /// <summary>Looks at one id of the column.</summary>
    public void Learn(string text)
    {
        if (text.Length == 0)
            return;
        var isFloat = Float().IsMatch(text);
        _hasFloat |= isFloat;
        _hasOther |= !isFloat;
    }

    /// <exception cref="FormatException">It is no number of a sale, or not as it was.</exception>
    public string Read(string text)
    {
        if (OrderId.ContainsPersonalData(text))
            throw new FormatException("external_ref is an e-mail address or a telephone number: use a number of the sale");
        var id = AreFloats ? text[..^2] : text;
        if (SaleFields.IsRounded(text) || AreFloats && id.Length > MaxExactDigits)
            throw new FormatException($"external_ref {text} was rounded by a spreadsheet: format the column as text and export it again");
        return id.Length <= MaxLength && !id.Any(char.IsControl)
            ? id
            : throw new FormatException($"external_ref must be at most {MaxLength} characters, none of them a control character");
    }

    [GeneratedRegex(@"^[0-9]+[.,]0\z")]
    private static partial Regex Float();
}
