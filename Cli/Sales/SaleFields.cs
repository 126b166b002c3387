using System.Globalization;
using System.Text.RegularExpressions;
using OpsMantik.Core;
using OpsMantik.Core.Conversions;

namespace OpsMantik.Cli.Sales;

/// <summary>Parses the fields of the sample file.</summary>
internal static partial class SaleFields
{
    private static readonly string[] Kinds = ["gclid", "gbraid", "wbraid"];

    /// <summary>A field's text in a message; not where a shifted column has put a person's address or number there.</summary>
    public static string Quote(string text) =>
        OrderId.ContainsPersonalData(text) || text.Contains('@', StringComparison.Ordinal) ? "(not shown)" : $"\"{text}\"";

    /// <summary>A cell without what spreadsheets and exports put around it so that it stays a text: '4711, ="4711", a tab before +90.</summary>
    public static string Unmark(string cell) => cell.Trim() switch
    {
        ['=', '"', .. var inner, '"'] => inner.Trim(),
        ['\'', .. var inner, '\''] => inner.Trim(),
        ['\'', .. var rest] => rest.Trim(),
        var text => text,
    };

    /// <summary>
    /// A cell that no spreadsheet takes for a formula, with nothing hidden in it: <see cref="Unmark"/> takes the mark off again, so that an
    /// amount such as -5 and a number such as +90 can be given again.
    /// </summary>
    public static string Mark(string cell) => VisibleText.Escape(cell.Trim()) switch
    {
        // Its own mark: the formula of a text.
        ['=', '"', .. var inner, '"'] text when !inner.Contains('"', StringComparison.Ordinal) => text,
        ['=' or '+' or '-' or '@', ..] text => text.EndsWith('\'') ? $"'{text}'" : $"'{text}",
        var text => text,
    };

    /// <summary>The same for cells of a line that cannot be taken apart.</summary>
    public static string MarkLine(string line, char delimiter) => Regex.Replace(
        VisibleText.EscapeLines(line), $"""(^|{Regex.Escape($"{delimiter}")})(\s*"?)(?!="+[^"]*")([=+@-])""", "$1$2'$3", RegexOptions.Multiline);

    /// <summary>A long number that a spreadsheet shows as 4.687E+17, or 4,687E+17: its last digits are lost.</summary>
    public static bool IsRounded(string text) => Rounded().IsMatch(text);

    [GeneratedRegex(@"^[+-]?[0-9][.,]?[0-9]*[Ee]\+[0-9]{2,3}\z")]
    private static partial Regex Rounded();

    /// <exception cref="FormatException">It is empty; the message names the column.</exception>
    public static string Required(string column, string text) =>
        text.Length > 0 ? text : throw new FormatException($"{column} is empty");

    /// <exception cref="FormatException">It is none of them; the message names the column.</exception>
    public static string OneOf(string column, string text, params string[] allowed) =>
        allowed.Contains(text)
            ? text
            : throw new FormatException($"{column} is {Quote(text)}, expected one of {string.Join(", ", allowed)}");

    /// <exception cref="FormatException">It is no kind of click id.</exception>
    public static string ClickKind(string text) => OneOf("click_kind", text, Kinds);

    /// <summary>A time with its zone: without one the moment would be whatever the reading machine's zone makes of it.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static DateTimeOffset Time(string text) => ConversionTime.Read(text)
        ?? throw new FormatException($"occurred_at is {Quote(text)}, expected with its zone, such as 2026-11-23T10:00:00+03:00");

    /// <summary>An amount with a decimal point, in the minor units of its currency; hundredths of one that is none.</summary>
    /// <exception cref="FormatException">It is none, or has more decimals than its currency.</exception>
    public static long MinorUnits(string text, string currency)
    {
        if (!Currencies.Default.TryFind(currency, out var known))
            known = new Core.Conversions.Currency(currency, 2, 2);
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
            && Money.TryFromMajor(amount, known, out var money)
            ? money.MinorUnits
            : throw new FormatException($"amount is {Quote(text)}, expected such as 1234.50");
    }

    /// <exception cref="FormatException">It is none.</exception>
    public static string Currency(string text) =>
        text.Length == 3 && text.All(char.IsAsciiLetterUpper)
            ? text
            : throw new FormatException($"currency is {Quote(text)}, expected three capital letters such as TRY");
}
