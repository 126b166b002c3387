using System.Globalization;
using System.Text;
using OpsMantik.Core.Operations;

namespace OpsMantik.Cli.Sales;

/// <summary>The file of <c>enqueue</c>: its sales, and every fault with its line.</summary>
internal sealed class EnqueueFile
{
    /// <summary>More than a day of sales, and few enough for one statement.</summary>
    public const int MaxSales = 100_000;

    public static readonly string[] Columns =
        ["site_id", "external_ref", "click_kind", "click_id", "occurred_at", "amount", "currency"];

    // Fits an index of PostgreSQL in any alphabet.
    private const int MaxReferenceLength = 500;

    // A clock may be a little ahead; a sale of tomorrow is a typing error.
    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromHours(1);

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly List<ImportSale> _sales = [];
    private readonly SortedDictionary<int, string> _faults = [];
    private readonly Dictionary<(Guid, string), int> _lines = [];

    private readonly DateTimeOffset _now;

    private EnqueueFile(DateTimeOffset now) => _now = now;

    public IReadOnlyList<ImportSale> Sales => _sales;

    /// <summary>By line.</summary>
    public IReadOnlyDictionary<int, string> Faults => _faults;

    /// <exception cref="OperatorException">The file cannot be read at all.</exception>
    public static EnqueueFile Read(FileInfo file, DateTimeOffset now)
    {
        var csv = new EnqueueFile(now);
        try
        {
            using var text = new StreamReader(file.FullName, Utf8);
            CsvLines.Read(text, Columns, csv.Add, (line, fault) => csv._faults.TryAdd(line, fault));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{file} cannot be read: {exception.Message}");
        }
        catch (DecoderFallbackException)
        {
            throw new OperatorException($"{file} is not UTF-8: save it as UTF-8.");
        }

        if (csv._sales.Count > MaxSales)
        {
            throw new OperatorException(string.Create(
                CultureInfo.InvariantCulture, $"{file.Name} holds more than {MaxSales:N0} sales: split it."));
        }

        return csv;
    }

    private void Add(int line, Func<string, string> field)
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
        if (sale.OccurredAt > _now + MaxClockSkew)
            throw new FormatException($"occurred_at is \"{field("occurred_at")}\", which has not come yet");
        if (sale.FindFault() is { } fault)
            throw new FormatException(fault);
        if (!_lines.TryAdd((sale.SiteId, sale.ExternalRef), line))
            throw new FormatException($"external_ref {sale.ExternalRef} is already on line {_lines[(sale.SiteId, sale.ExternalRef)]}");
        _sales.Add(sale);
    }

    private static string Reference(string text) =>
        text.Length <= MaxReferenceLength && !text.Any(char.IsControl)
            ? text
            : throw new FormatException($"external_ref must be at most {MaxReferenceLength} characters, none of them a control character");
}
