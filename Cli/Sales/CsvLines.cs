using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace OpsMantik.Cli.Sales;

/// <summary>Reads comma-separated lines under a header, and tells what is wrong with the line it is on.</summary>
internal static class CsvLines
{
    /// <param name="text">The file; line 1 is the header.</param>
    /// <param name="columns">Those that the header must have, in any order.</param>
    /// <param name="take">Takes the fields of a line by their columns. A <see cref="FormatException"/> of it is a fault.</param>
    /// <param name="fault">Told every fault with its line; it may throw to end the reading.</param>
    public static void Read(
        TextReader text, IReadOnlyList<string> columns, Action<int, Func<string, string>> take, Action<int, string> fault)
    {
        // Fields are checked by the taker, with the line; CsvHelper's own complaints would come without it.
        var options = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            BadDataFound = _ => throw new FormatException("quotes do not match"),
            MissingFieldFound = null,
            TrimOptions = TrimOptions.Trim,
        };
        using var csv = new CsvReader(text, options);
        if (!csv.Read() || !csv.ReadHeader())
        {
            fault(1, $"the header is missing: {string.Join(',', columns)}");
            return;
        }

        if (columns.Except(csv.HeaderRecord!).FirstOrDefault() is { } missing)
        {
            fault(1, $"the column {missing} is missing");
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
                    // It took the lines below with it.
                    line -= csv.Parser.RawRecord.Count(character => character == '\n');
                    throw new FormatException("a quote is not closed");
                }

                take(line, column => csv.GetField(column) ?? "");
            }
            catch (FormatException exception)
            {
                fault(line, exception.Message);
            }
        }

        if (lines == 0)
            fault(2, "there are no sales below the header");

        bool Next()
        {
            try
            {
                return csv.Read();
            }
            catch (FormatException exception)
            {
                lines++;
                fault(csv.Parser.RawRow, exception.Message);
                return false;
            }
        }
    }
}
