using System.Globalization;
using System.Text;
using OpsMantik.Core.Operations;

namespace OpsMantik.Cli.Sales;

/// <summary>The file of <c>enqueue</c>: its sales, and every fault with its line.</summary>
internal sealed class SalesCsv
{
    /// <summary>More at once than anybody sells in a day, and what one statement takes well.</summary>
    public const int MostSales = 100_000;

    public static readonly string[] Columns =
        ["site_id", "external_ref", "click_kind", "click_id", "occurred_at", "amount", "currency"];

    // What an index of PostgreSQL takes, whatever the letters, and what a person can read.
    private const int LongestReference = 500;

    // A clock may be a little ahead; a sale of tomorrow is a slip of the hand.
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(1);

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<ImportSale> _sales = [];
    private readonly SortedDictionary<int, string> _faults = [];
    private readonly Dictionary<(Guid, string), int> _lines = [];

    private readonly DateTimeOffset _now;

    private SalesCsv(DateTimeOffset now) => _now = now;

    public IReadOnlyList<ImportSale> Sales => _sales;

    /// <summary>By line.</summary>
    public IReadOnlyDictionary<int, string> Faults => _faults;

    /// <exception cref="OperatorException">The file cannot be read at all.</exception>
    public static SalesCsv Read(FileInfo file, DateTimeOffset now)
    {
        var csv = new SalesCsv(now);
        try
        {
            using var text = new StreamReader(file.FullName, Utf8);
            CsvLines.Read(text, Columns, csv.Take, (line, fault) => csv._faults.TryAdd(line, fault));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{file} cannot be read: {exception.Message}");
        }
        catch (DecoderFallbackException)
        {
            throw new OperatorException($"{file} is not UTF-8: save it as UTF-8.");
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
            ExternalRef = Reference(SaleFields.Required("external_ref", field("external_ref"))),
            ClickKind = SaleFields.ClickKind(field("click_kind")),
            ClickId = SaleFields.Required("click_id", field("click_id")),
            OccurredAt = SaleFields.Time(field("occurred_at")).ToUniversalTime(),
            AmountCents = SaleFields.Cents(field("amount")),
            Currency = SaleFields.Currency(field("currency")),
        };
        if (sale.OccurredAt > _now + Ahead)
            throw new FormatException($"occurred_at is \"{field("occurred_at")}\", which has not come yet");
        if (sale.FindFault() is { } fault)
            throw new FormatException(fault);
        if (!_lines.TryAdd((sale.SiteId, sale.ExternalRef), line))
            throw new FormatException($"external_ref {sale.ExternalRef} is already on line {_lines[(sale.SiteId, sale.ExternalRef)]}");
        _sales.Add(sale);
    }

    private static string Reference(string text) =>
        text.Length <= LongestReference && !text.Any(char.IsControl)
            ? text
            : throw new FormatException($"external_ref must be at most {LongestReference} characters, none of them a control character");
}
