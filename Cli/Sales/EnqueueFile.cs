using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Sites;

namespace OpsMantik.Cli.Sales;

/// <summary>What the caller says of a file that does not say it itself; null where it does.</summary>
/// <param name="Zone">Of times without a zone.</param>
/// <param name="Decimal">The comma or the point.</param>
/// <param name="DayFirst">Whether dates with slashes begin with the day.</param>
/// <param name="Country">Of telephone numbers without one: two letters.</param>
internal sealed record SalesFileOptions(
    Guid? Site, string? Currency, TimeZoneInfo? Zone, char? Decimal, bool? DayFirst, string? Country, string? Encoding);

/// <summary>The file of <c>enqueue</c>: how it is read, its sales, and every fault with its line.</summary>
internal sealed class EnqueueFile
{
    /// <summary>More than a day of sales, and few enough for one transaction.</summary>
    public const int MaxSales = 100_000;

    private const int MaxSitesByName = 1_000;
    private const int MaxSitesTold = 5;
    private const int MaxLinesBeforeHeader = 20;
    private const string ParametersMark = "Parameters:";
    private const string ZoneMark = "TimeZone=";

    private static readonly char[] Delimiters = [',', ';', '\t', '|'];

    private readonly FileInfo _file;
    private readonly SalesText _text;
    private readonly SalesFileOptions _options;
    private readonly List<ImportSale> _sales = [];
    private readonly SortedDictionary<int, string> _faults = [];
    private readonly SortedDictionary<int, string> _warnings = [];
    private readonly HashSet<string> _siteTexts = [];
    private readonly SalesReferences _references = new();

    private int _linesBefore;
    private char _delimiter;
    private SalesColumns? _columns;
    private SalesAmounts _amounts = null!;
    private SalesTimes _times = null!;

    private EnqueueFile(FileInfo file, SalesFileOptions options) => (_file, _text, _options) = (file, SalesText.Open(file, options.Encoding), options);

    public IReadOnlyList<ImportSale> Sales => _sales;

    /// <summary>By line; such a sale is not taken.</summary>
    public IReadOnlyDictionary<int, string> Faults => _faults;

    /// <summary>By line; such a sale is taken.</summary>
    public IReadOnlyDictionary<int, string> Warnings => _warnings;

    /// <summary>How the file is read, in words.</summary>
    public IReadOnlyList<string> Understood { get; private set; } = [];

    /// <summary>What lines name their sites by, where that is no whole id: to be looked up before <see cref="Read"/>.</summary>
    public IReadOnlyList<string> SiteTexts => [.. _siteTexts];

    /// <summary>Finds out how the file is to be read; no sale is read yet.</summary>
    /// <exception cref="OperatorException">The file cannot be read at all.</exception>
    public static EnqueueFile Open(FileInfo file, SalesFileOptions options)
    {
        var csv = new EnqueueFile(file, options);
        csv.Guard(csv.Learn);
        csv.Limit(csv._siteTexts.Count, MaxSitesByName, "sites by their names: split it, or write ids");
        return csv;
    }

    /// <param name="sites">What each of <see cref="SiteTexts"/> may mean.</param>
    /// <exception cref="OperatorException">The file cannot be read at all.</exception>
    public void Read(ILookup<string, SiteName> sites, Currencies currencies, DateTimeOffset now)
    {
        if (_columns is { } columns)
            Guard(() => ReadSales(columns, sites, currencies, now));
        Limit(_sales.Count, MaxSales, "sales: split it");
    }

    private void Limit(int count, int most, string what)
    {
        if (count > most)
            throw new OperatorException(string.Create(CultureInfo.InvariantCulture, $"{_file.Name} holds more than {most:N0} {what}."));
    }

    private void Guard(Action read)
    {
        try
        {
            read();
        }
        catch (FormatException exception)
        {
            _faults.TryAdd(_linesBefore + 1, exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new OperatorException($"{_file} cannot be read: {exception.Message}");
        }
    }

    /// <summary>Writes the lines that were not taken in the file's own form, with their reason, to be mended and given again.</summary>
    /// <param name="faults">By line.</param>
    public void WriteRejects(FileInfo file, IReadOnlyDictionary<int, string> faults)
    {
        using var writer = new StreamWriter(file.FullName, append: false, new System.Text.UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        using var reader = _text.NewReader();
        for (var line = 0; line < _linesBefore; line++)
            writer.WriteLine(SaleFields.MarkLine(reader.ReadLine()!, _delimiter));
        using var csv = new CsvWriter(writer, new CsvConfiguration(CultureInfo.InvariantCulture) { Delimiter = $"{_delimiter}" });
        var isHeader = true;
        var reason = -1;
        foreach (var record in CsvLines.Read(reader, _delimiter, _linesBefore))
        {
            if (isHeader)
                reason = Array.FindIndex(record.Fields, name => name.Equals("reason", StringComparison.OrdinalIgnoreCase));
            if (record.Fault is not null)
            {
                csv.Flush();
                writer.Write(SaleFields.MarkLine(record.Raw, _delimiter));
            }
            else if (isHeader || faults.ContainsKey(record.Line))
            {
                for (var index = 0; index < record.Fields.Length; index++)
                {
                    if (index != reason)
                        csv.WriteField(SaleFields.Mark(record.Fields[index]));
                }

                csv.WriteField(isHeader ? "reason" : SaleFields.Mark(faults[record.Line]));
                csv.NextRecord();
            }

            isHeader = false;
        }
    }

    private void Learn()
    {
        var zone = FindHeader() ?? _options.Zone;
        (_amounts, _times) = (new SalesAmounts(_options.Decimal), new SalesTimes(zone, _options.DayFirst));
        SalesColumns? columns = null;
        foreach (var record in Records())
        {
            if (columns is null)
                columns = SalesColumns.Read(record.Fields, _options);
            else if (record.Fault is null)
            {
                _amounts.Learn(columns.Field(record.Fields, SalesColumn.Amount));
                _times.Learn(columns.Field(record.Fields, SalesColumn.OccurredAt));
                _references.Learn(columns.Field(record.Fields, SalesColumn.ExternalRef));
                var site = columns.Field(record.Fields, SalesColumn.SiteId);
                if (site.Length > 0 && _siteTexts.Count <= MaxSitesByName && !Guid.TryParse(site, out _))
                    _siteTexts.Add(site);
            }
        }

        _columns = columns ?? throw new FormatException("the header is missing");
    }

    private void ReadSales(SalesColumns columns, ILookup<string, SiteName> siteNames, Currencies currencies, DateTimeOffset now)
    {
        var sales = new SaleReader(columns, _amounts, _times, _references, siteNames, _options, currencies, now);
        foreach (var record in Records().Skip(1))
        {
            if (record.Fault is null && record.Fields.All(string.IsNullOrWhiteSpace))
                continue;
            try
            {
                _sales.Add(sales.Read(record.Line, record.Fault is null ? record.Fields : throw new FormatException(record.Fault)));
            }
            catch (FormatException exception)
            {
                _faults.TryAdd(record.Line, exception.Message);
            }
        }

        foreach (var (line, warning) in sales.Warnings)
            _warnings.TryAdd(line, warning);
        if (ClickIdColumn.FindDamage(_sales.Select(sale => sale.ClickId).OfType<string>()) is { } damage)
            _warnings.TryAdd(_linesBefore + 1, damage);
        if (_sales.Count + _faults.Count == 0)
            throw new FormatException("there are no sales below the header");
        Understood = [.. Describe(columns, siteNames)];
    }

    private IEnumerable<CsvRecord> Records()
    {
        using var reader = _text.NewReader();
        for (var line = 0; line < _linesBefore; line++)
            reader.ReadLine();
        foreach (var record in CsvLines.Read(reader, _delimiter, _linesBefore))
            yield return record;
    }

    // Google's template has lines before the header: parameters, of which the time zone counts, and instructions.
    private TimeZoneInfo? FindHeader()
    {
        using var reader = _text.NewReader();
        TimeZoneInfo? zone = null;
        var (best, delimiter, before) = (1, ',', 0);
        for (var line = 0; line < MaxLinesBeforeHeader && reader.ReadLine() is { } text; line++)
        {
            if (text.TrimStart('"').StartsWith(ParametersMark, StringComparison.OrdinalIgnoreCase)
                && text.IndexOf(ZoneMark, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
            {
                var name = text[(at + ZoneMark.Length)..].TrimEnd([.. Delimiters, '"', ' ']).Split([',', ';', '\t', '"'])[0].Trim();
                if (name.Length > 0 && !name.StartsWith('<'))
                    zone = SalesTimes.FindZone(name);
                before = Math.Max(before, best == 1 ? line + 1 : before);
                continue;
            }

            foreach (var candidate in Delimiters)
            {
                var known = SalesColumns.CountKnown(text.Split(candidate).Select(name => name.Trim('"', ' ')));
                if (known > best)
                    (best, delimiter, before) = (known, candidate, line);
            }
        }

        (_delimiter, _linesBefore) = (delimiter, before);
        return zone;
    }

    private IEnumerable<string> Describe(SalesColumns columns, ILookup<string, SiteName> siteNames)
    {
        var name = _delimiter switch { ';' => "semicolons", '\t' => "tabs", '|' => "bars", _ => "commas" };
        yield return $"read as {_text.Name}, divided by {name}"
            + (_amounts.Decimal is { } sign ? $", amounts with a decimal {(sign == ',' ? "comma" : "point")}" : "")
            + (_times.Zone is { } zone ? $", times without a zone in {zone.Id}" : "")
            + (_times.DayFirst is { } dayFirst ? $", {(dayFirst ? "day before month" : "month before day")}" : "");
        if (columns.Ignored.Where(ignored => ignored.Trim().Length > 0).ToList() is { Count: > 0 } ignored)
            yield return $"columns left out: {string.Join(", ", ignored)}";
        var sites = siteNames.Where(found => found.Count() == 1).ToList();
        if (sites.Count > 0)
        {
            yield return $"sites by name: {string.Join("; ", sites.Take(MaxSitesTold).Select(found => $"{found.Key} is {SiteName.Candidates([found.First()])}"))}"
                + (sites.Count > MaxSitesTold ? $" and {sites.Count - MaxSitesTold} more" : "");
        }

        if (_references.AreFloats)
            yield return "order ids without the .0 that each of them ends in";
        if (_times.Repeated > 0)
            yield return $"{_times.Repeated} times stood twice on the clock that night: the first is taken";
    }
}
