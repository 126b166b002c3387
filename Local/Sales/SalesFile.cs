using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace OpsMantik.Local.Sales;

/// <summary>Reads a file of sample sales, such as <c>samples/sales.csv</c>.</summary>
public static class SalesFile
{
    /// <summary>The bundled file, beside the assembly.</summary>
    public static string BundledPath => Path.Combine(AppContext.BaseDirectory, "samples", "sales.csv");

    /// <exception cref="SalesFileException">The file is missing, or a line of it is wrong.</exception>
    public static IReadOnlyList<SampleSale> Read(string path)
    {
        var name = Path.GetFileName(path);
        try
        {
            using var text = new StreamReader(path);
            return Read(text, name);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SalesFileException($"{path} cannot be read: {exception.Message}", exception);
        }
    }

    /// <param name="name">What errors call the text.</param>
    /// <exception cref="SalesFileException">A line is wrong.</exception>
    public static IReadOnlyList<SampleSale> Read(TextReader text, string name)
    {
        // Fields are checked here, with the line; CsvHelper's own complaints would come without it.
        var options = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            BadDataFound = bad => throw Fault(name, bad.Context.Parser!.RawRow, "quotes do not match"),
            MissingFieldFound = null,
            TrimOptions = TrimOptions.Trim,
        };
        using var csv = new CsvReader(text, options);
        if (!csv.Read() || !csv.ReadHeader())
            throw Fault(name, 1, $"the header is missing: {string.Join(',', SaleColumns.All)}");
        if (SaleColumns.All.Except(csv.HeaderRecord!).FirstOrDefault() is { } missing)
            throw Fault(name, 1, $"the column {missing} is missing");

        List<SampleSale> sales = [];
        var consistency = new SalesConsistency();
        while (csv.Read())
        {
            var line = csv.Parser.RawRow;
            try
            {
                if (csv.Parser.Count != csv.HeaderRecord!.Length)
                    throw new FormatException($"{csv.Parser.Count} fields, expected {csv.HeaderRecord.Length}");
                var sale = SaleColumns.Read(column => csv.GetField(column) ?? "", line);
                consistency.Check(sale);
                sales.Add(sale);
            }
            catch (FormatException exception)
            {
                throw Fault(name, line, exception.Message);
            }
        }

        return sales.Count > 0 ? sales : throw Fault(name, 2, "there are no sales below the header");
    }

    private static SalesFileException Fault(string name, int line, string fault) =>
        new($"{name}, line {line}: {fault}");
}
