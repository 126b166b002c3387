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
        List<SampleSale> sales = [];
        var consistency = new SalesConsistency();
        CsvLines.Read(
            text,
            SaleColumns.All,
            (line, field) =>
            {
                var sale = SaleColumns.Read(field, line);
                consistency.Check(sale);
                sales.Add(sale);
            },
            (line, fault) => throw Fault(name, line, fault));
        return sales;
    }

    private static SalesFileException Fault(string name, int line, string fault) =>
        new($"{name}, line {line}: {fault}");
}
