using System.Globalization;

namespace OpsMantik.Local.Sales;

/// <summary>Reads what fields of a sales file may hold.</summary>
public static class SaleFields
{
    private static readonly string[] Kinds = ["gclid", "gbraid", "wbraid"];
    private static readonly string[] Times = ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss'Z'"];

    /// <exception cref="FormatException">It is empty; the message names the column.</exception>
    public static string Required(string column, string text) =>
        text.Length > 0 ? text : throw new FormatException($"{column} is empty");

    /// <exception cref="FormatException">It is none of them; the message names the column.</exception>
    public static string OneOf(string column, string text, params string[] allowed) =>
        allowed.Contains(text)
            ? text
            : throw new FormatException($"{column} is \"{text}\", expected one of {string.Join(", ", allowed)}");

    /// <exception cref="FormatException">It is no kind of click id.</exception>
    public static string ClickKind(string text) => OneOf("click_kind", text, Kinds);

    /// <summary>A time with its zone: without one the moment would be whatever the reading machine's zone makes of it.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static DateTimeOffset Time(string text) =>
        DateTimeOffset.TryParseExact(
            text, Times, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new FormatException($"occurred_at is \"{text}\", expected with its zone, such as 2026-11-23T10:00:00+03:00");

    /// <summary>An amount in hundredths.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static long Cents(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
        && amount < 1_000_000_000_000m && decimal.IsInteger(amount * 100)
            ? (long)(amount * 100)
            : throw new FormatException($"amount is \"{text}\", expected such as 1234.50");

    /// <exception cref="FormatException">It is none.</exception>
    public static string Currency(string text) =>
        text.Length == 3 && text.All(char.IsAsciiLetterUpper)
            ? text
            : throw new FormatException($"currency is \"{text}\", expected three capital letters such as TRY");
}
