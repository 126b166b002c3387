using System.Security.Cryptography;
using System.Text;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Sites;

namespace OpsMantik.Cli.Sales;

/// <summary>Makes sales of lines, by the columns of the file and what its fields have shown.</summary>
internal sealed class SaleReader(
    SalesColumns columns,
    SalesAmounts amounts,
    SalesTimes times,
    SalesReferences references,
    ILookup<string, SiteName> sites,
    SalesFileOptions options,
    Currencies currencies,
    DateTimeOffset now)
{
    private const int MaxCandidates = 5;

    // A clock may be a little ahead; a sale of tomorrow is a typing error.
    private static readonly TimeSpan MaxClockSkew = TimeSpan.FromHours(1);

    // After that Google counts none.
    private static readonly TimeSpan OldSale = TimeSpan.FromDays(90);
    private static readonly TimeSpan OldestSale = TimeSpan.FromDays(2 * 365);

    private static readonly (SalesColumn Column, ClickIdKind Kind)[] Clicks =
    [
        (SalesColumn.Gclid, ClickIdKind.Gclid), (SalesColumn.Gbraid, ClickIdKind.Gbraid), (SalesColumn.Wbraid, ClickIdKind.Wbraid),
    ];

    private readonly Dictionary<(Guid, string), int> _references = [];
    private readonly Dictionary<(Guid, string, long), int> _clicks = [];
    private readonly List<(int Line, string Warning)> _warnings = [];

    public IReadOnlyList<(int Line, string Warning)> Warnings => _warnings;

    /// <exception cref="FormatException">The line is at fault.</exception>
    public ImportSale Read(int line, string[] fields)
    {
        string Field(SalesColumn column) => columns.Field(fields, column);
        var site = ReadSite(Field(SalesColumn.SiteId));
        var click = ReadClick(Field);
        var identifiers = new ImportIdentifiers(
            ContactHash.Email(Field(SalesColumn.Email)), ContactHash.Phone(Field(SalesColumn.Phone), options.Country));
        if (click is null && identifiers.IsEmpty)
            throw new FormatException("there is no click id, and no e-mail address or telephone number");
        var at = times.Read(SaleFields.Required("occurred_at", Field(SalesColumn.OccurredAt))).ToUniversalTime();
        var money = SalesMoney.Read(
            Field(SalesColumn.Amount), Field(SalesColumn.Currency), options.Currency, amounts, currencies);
        var reference = Field(SalesColumn.ExternalRef) is { Length: > 0 } written
            ? references.Read(written)
            : columns.Has(SalesColumn.ExternalRef) ? throw new FormatException("external_ref is empty")
            : Derive(click?.Value ?? identifiers.HashedEmail ?? identifiers.HashedPhoneNumber!, at);
        var sale = new ImportSale
        {
            Line = line,
            SiteId = site,
            ExternalRef = reference,
            ClickKind = click?.Kind.ToString().ToLowerInvariant(),
            ClickId = click?.Value,
            OccurredAt = at,
            AmountCents = money.MinorUnits,
            Currency = money.Currency.Code,
            UserIdentifiers = identifiers.IsEmpty ? null : identifiers,
            Payload = Consent(Field(SalesColumn.AdUserData), Field(SalesColumn.AdPersonalization)) is { } consent ? new ImportPayload(consent) : null,
        };
        Check(sale, money, Field(SalesColumn.OccurredAt));
        return sale;
    }

    private Guid ReadSite(string text)
    {
        if (text.Length == 0)
            return options.Site ?? throw new FormatException("site_id is empty");
        if (Guid.TryParse(text, out var id))
            return id;
        return sites[text].ToList() switch
        {
            [var one] => one.Id,
            [] => throw new FormatException($"site_id is {SaleFields.Quote(text)}, which is the id, name or domain of no site"),
            var several => throw new FormatException(
                $"site_id is {SaleFields.Quote(text)}, which may be several sites: write the id of one: {SiteName.Candidates(several.Take(MaxCandidates))}"),
        };
    }

    private void Check(ImportSale sale, Money money, string written)
    {
        if (sale.OccurredAt > now + MaxClockSkew)
            throw new FormatException($"occurred_at is {SaleFields.Quote(written)}, which has not come yet");
        if (sale.OccurredAt < now - OldestSale)
            throw new FormatException($"occurred_at is {SaleFields.Quote(written)}, more than two years ago: Google counts no such sale");
        if (sale.FindFault(money) is { } fault)
            throw new FormatException(fault);
        if (!_references.TryAdd((sale.SiteId, sale.ExternalRef), sale.Line))
        {
            throw new FormatException(columns.Has(SalesColumn.ExternalRef)
                ? $"external_ref {sale.ExternalRef} is already on line {_references[(sale.SiteId, sale.ExternalRef)]}"
                : $"the same click and second as on line {_references[(sale.SiteId, sale.ExternalRef)]}: give each sale an order id");
        }

        if (sale.OccurredAt < now - OldSale)
            _warnings.Add((sale.Line, $"the sale is older than {OldSale.Days} days: Google may not count it"));
        if (sale.ClickId is not null
            && !_clicks.TryAdd((sale.SiteId, sale.ClickId, sale.OccurredAt.ToUnixTimeSeconds()), sale.Line))
        {
            _warnings.Add((sale.Line,
                $"the same click and second as on line {_clicks[(sale.SiteId, sale.ClickId, sale.OccurredAt.ToUnixTimeSeconds())]}: if it is one sale, delete a line"));
        }
    }

    private ClickId? ReadClick(Func<SalesColumn, string> field)
    {
        if (field(SalesColumn.ClickId) is { Length: > 0 } text)
        {
            var kind = columns.Has(SalesColumn.ClickKind) ? Enum.Parse<ClickIdKind>(SaleFields.ClickKind(field(SalesColumn.ClickKind).ToLowerInvariant()), true) : ClickIdKind.Gclid;
            return Found(ClickIdReader.Read(kind, text));
        }

        foreach (var (column, kind) in Clicks)
        {
            if (Found(ClickIdReader.Read(kind, field(column))) is { } click)
                return click;
        }

        return null;

        static ClickId? Found(ClickIdReading reading) =>
            reading.Fault is { } fault ? throw new FormatException(fault) : reading.Id;
    }

    // Without a number of its own, the same line must be the same sale in the next file.
    private static string Derive(string identity, DateTimeOffset at) =>
        $"file-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{identity} {at.ToUnixTimeSeconds()}")))[..24]}";

    private static ImportConsent? Consent(string userData, string personalization) =>
        userData.Length + personalization.Length == 0 ? null : new ImportConsent(Word(userData), Word(personalization));

    private static string? Word(string text) =>
        !Core.Conversions.Consent.TryReadWord(text, out var said) ? throw new FormatException("the consent is neither GRANTED nor DENIED")
        : said is { } granted ? granted ? "GRANTED" : "DENIED"
        : null;
}
