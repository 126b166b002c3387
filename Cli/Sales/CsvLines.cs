using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace OpsMantik.Cli.Sales;

/// <summary>Reads comma-separated lines below a header, and reports what is wrong with which line.</summary>
internal static class CsvLines
{
    /// <param name="text">The file; line 1 is the header.</param>
    /// <param name="columns">Those that the header must have, in any order.</param>
    /// <param name="onLine">Gets the fields of a line by column. A <see cref="FormatException"/> that it throws is a fault of the line.</param>
    /// <param name="onFault">Gets every fault with its line; it may throw to stop.</param>
    public static void Read(
        TextReader text, IReadOnlyList<string> columns, Action<int, Func<string, string>> onLine, Action<int, string> onFault)
    {
        // The caller checks the fields and knows the line; CsvHelper's own errors would lack it.
        var options = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            BadDataFound = _ => throw new FormatException("quotes do not match"),
            MissingFieldFound = null,
            TrimOptions = TrimOptions.Trim,
        };
        using var csv = new CsvReader(text, options);
        if (!csv.Read() || !csv.ReadHeader())
        {
            onFault(1, $"the header is missing: {string.Join(',', columns)}");
            return;
        }

        if (columns.Except(csv.HeaderRecord!).FirstOrDefault() is { } missing)
        {
            onFault(1, $"the column {missing} is missing");
            return;
        }

        var lines = 0;
        while (Next())
        {
            lines++;
            var line = csv.Parser.RawRow;
            try
            {
                if (csv.Parser.Count != csv.HeaderRecord!.Length)
                {
                    if (csv.Parser.RawRecord.Count(character => character == '"') % 2 == 0)
                        throw new FormatException($"{csv.Parser.Count} fields, expected {csv.HeaderRecord.Length}");
                    // The record includes the lines below.
                    line -= csv.Parser.RawRecord.Count(character => character == '\n');
                    throw new FormatException("a quote is not closed");
                }

                onLine(line, column => csv.GetField(column) ?? "");
            }
            catch (FormatException exception)
            {
                onFault(line, exception.Message);
            }
        }

        if (lines == 0)
            onFault(2, "there are no sales below the header");

        bool Next()
        {
            try
            {
                return csv.Read();
            }
            catch (FormatException exception)
            {
                lines++;
                onFault(csv.Parser.RawRow, exception.Message);
                return false;
            }
        }
    }
}

/// <summary>Parses the fields that all sales files have.</summary>
internal static class SaleFields
{
    private static readonly string[] Kinds = ["gclid", "gbraid", "wbraid"];
    private static readonly string[] TimeFormats = ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss'Z'"];

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
            text, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
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
