using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace OpsMantik.Cli.Sales;

/// <summary>One record of a CSV file.</summary>
/// <param name="Line">Where it begins, the first line being 1.</param>
/// <param name="Fault">Why its fields cannot be used; null when they can.</param>
/// <param name="Raw">Its text, where its fields cannot be used.</param>
internal readonly record struct CsvRecord(int Line, string[] Fields, string? Fault, string Raw = "");

/// <summary>Reads records, and reports what is wrong with which line.</summary>
internal static class CsvLines
{
    /// <summary>The header, then the records; each has as many fields as the header, or a fault.</summary>
    public static IEnumerable<CsvRecord> Read(TextReader text, char delimiter = ',', int linesBefore = 0)
    {
        using var parser = new CsvParser(text, new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = $"{delimiter}",
            // CsvHelper's own errors would lack the line.
            BadDataFound = _ => throw new FormatException("quotes do not match"),
            TrimOptions = TrimOptions.Trim,
        });
        var expected = 0;
        while (Next(parser, expected) is { } record)
        {
            expected = expected == 0 ? record.Fields.Length : expected;
            yield return record with { Line = record.Line + linesBefore };
        }
    }

    /// <param name="columns">Those that the header must have, in any order.</param>
    /// <param name="onLine">Gets the fields of a line by column. A <see cref="FormatException"/> that it throws is a fault of the line.</param>
    /// <param name="onFault">Gets every fault with its line; it may throw to stop.</param>
    public static void Read(
        TextReader text, IReadOnlyList<string> columns, Action<int, Func<string, string>> onLine, Action<int, string> onFault)
    {
        string[]? header = null;
        var lines = 0;
        foreach (var (line, fields, fault, _) in Read(text))
        {
            if (header is null)
            {
                header = fields;
                if (columns.Except(header).FirstOrDefault() is not { } missing)
                    continue;
                onFault(1, $"the column {missing} is missing");
                return;
            }

            lines++;
            try
            {
                if (fault is not null)
                    throw new FormatException(fault);
                onLine(line, column => fields[Array.IndexOf(header, column)]);
            }
            catch (FormatException exception)
            {
                onFault(line, exception.Message);
            }
        }

        if (header is null)
            onFault(1, $"the header is missing: {string.Join(',', columns)}");
        else if (lines == 0)
            onFault(2, "there are no sales below the header");
    }

    private static CsvRecord? Next(CsvParser parser, int expected)
    {
        try
        {
            if (!parser.Read())
                return null;
            if (expected == 0 || parser.Count == expected)
                return new CsvRecord(parser.RawRow, parser.Record!, null);
            var isOpen = parser.RawRecord.Count(character => character == '"') % 2 != 0;
            // An open quote includes the lines below.
            return isOpen
                ? new CsvRecord(parser.RawRow - parser.RawRecord.Count(character => character == '\n'), [], "a quote is not closed", parser.RawRecord)
                : new CsvRecord(parser.RawRow, [], $"{parser.Count} fields, expected {expected}", parser.RawRecord);
        }
        catch (FormatException exception)
        {
            return new CsvRecord(parser.RawRow, [], exception.Message, parser.RawRecord);
        }
    }
}
