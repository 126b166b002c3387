namespace OpsMantik.Cli.Sales;

/// <summary>Reads a file of sample sales, such as <c>samples/sales.csv</c>.</summary>
internal static class SalesFile
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

/// <summary>One row of the sample file: a sale, the click it came from, and where its upload must end.</summary>
internal sealed record SampleSale
{
    /// <summary>Line of the file, the header being line 1.</summary>
    public required int Line { get; init; }

    /// <summary>The application's own number of the sale, unique in the file.</summary>
    public required string ExternalRef { get; init; }

    public required string Site { get; init; }

    /// <summary><c>gclid</c>, <c>gbraid</c> or <c>wbraid</c>; null together with <see cref="ClickId"/>.</summary>
    public required string? ClickKind { get; init; }

    public required string? ClickId { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Hundredths of <see cref="Currency"/>, zero or more.</summary>
    public required long AmountCents { get; init; }

    /// <summary>ISO 4217.</summary>
    public required string Currency { get; init; }

    /// <summary>Sales of one conversation share its click.</summary>
    public required string Conversation { get; init; }

    public required ExpectedOutcome Expected { get; init; }
}

/// <summary>Where a sample row stands after one upload run and the confirmation of what it submitted.</summary>
/// <param name="Status">COMPLETED, RETRY or FAILED.</param>
/// <param name="Code">Null where nothing went wrong.</param>
/// <param name="RetryCount">Attempts it spent.</param>
/// <param name="Wait">Until the next try, before any jitter; set for RETRY and for nothing else.</param>
internal sealed record ExpectedOutcome(string Status, string? Code, int RetryCount, TimeSpan? Wait);

/// <summary>What must hold between the lines of a sample file.</summary>
internal sealed class SalesConsistency
{
    private readonly Dictionary<string, int> _lineOfRef = [];
    private readonly Dictionary<string, SampleSale> _firstOfConversation = [];

    /// <exception cref="FormatException">The sale contradicts an earlier one.</exception>
    public void Check(SampleSale sale)
    {
        if (!_lineOfRef.TryAdd(sale.ExternalRef, sale.Line))
            throw new FormatException(
                $"external_ref {sale.ExternalRef} is already on line {_lineOfRef[sale.ExternalRef]}");
        if (_firstOfConversation.TryAdd(sale.Conversation, sale))
            return;

        var first = _firstOfConversation[sale.Conversation];
        if ((first.Site, first.ClickKind, first.ClickId) != (sale.Site, sale.ClickKind, sale.ClickId))
            throw new FormatException(
                $"conversation {sale.Conversation} has another site or click on line {first.Line}");
    }
}

/// <summary>The sales file cannot be read; the message names the file, the line and what is expected there.</summary>
internal sealed class SalesFileException(string message, Exception? inner = null) : Exception(message, inner);
