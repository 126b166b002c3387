using System.Globalization;
using OpsMantik.Core.Operations.Import;
using OpsMantik.Local.Sales;

namespace OpsMantik.Cli.Enqueue;

/// <summary>The file of <c>enqueue</c>: its sales, and every fault with its line.</summary>
internal sealed class SalesCsv
{
    /// <summary>More at once than anybody sells in a day, and what one statement takes well.</summary>
    public const int MostSales = 100_000;

    public static readonly string[] Columns =
        ["site_id", "external_ref", "click_kind", "click_id", "occurred_at", "amount", "currency"];

    private readonly List<ImportSale> _sales = [];
    private readonly SortedDictionary<int, string> _faults = [];
    private readonly Dictionary<(Guid, string), int> _lines = [];

    private SalesCsv()
    {
    }

    public IReadOnlyList<ImportSale> Sales => _sales;

    /// <summary>By line.</summary>
    public IReadOnlyDictionary<int, string> Faults => _faults;

    /// <exception cref="OperatorException">The file cannot be read at all.</exception>
    public static SalesCsv Read(FileInfo file)
    {
        var csv = new SalesCsv();
        try
        {
            using var text = file.OpenText();
            CsvLines.Read(text, Columns, csv.Take, (line, fault) => csv._faults.TryAdd(line, fault));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{file} cannot be read: {exception.Message}");
        }

        if (csv._sales.Count > MostSales)
        {
            throw new OperatorException(string.Create(
                CultureInfo.InvariantCulture, $"{file.Name} holds more than {MostSales:N0} sales: split it."));
        }

        return csv;
    }

    private void Take(int line, Func<string, string> field)
    {
        var sale = new ImportSale
        {
            Line = line,
            SiteId = Guid.TryParse(field("site_id"), out var site)
                ? site
                : throw new FormatException($"site_id is \"{field("site_id")}\", expected a UUID"),
            ExternalRef = SaleFields.Required("external_ref", field("external_ref")),
            ClickKind = SaleFields.ClickKind(field("click_kind")),
            ClickId = SaleFields.Required("click_id", field("click_id")),
            OccurredAt = SaleFields.Time(field("occurred_at")).ToUniversalTime(),
            AmountCents = SaleFields.Cents(field("amount")),
            Currency = SaleFields.Currency(field("currency")),
        };
        if (sale.FindFault() is { } fault)
            throw new FormatException(fault);
        if (!_lines.TryAdd((sale.SiteId, sale.ExternalRef), line))
            throw new FormatException($"external_ref {sale.ExternalRef} is already on line {_lines[(sale.SiteId, sale.ExternalRef)]}");
        _sales.Add(sale);
    }
}
