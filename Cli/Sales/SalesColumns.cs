using System.Collections.Frozen;

namespace OpsMantik.Cli.Sales;

/// <summary>What a column of a sales file can mean.</summary>
internal enum SalesColumn
{
    SiteId,
    ExternalRef,
    ClickKind,
    ClickId,
    Gclid,
    Gbraid,
    Wbraid,
    OccurredAt,
    Amount,
    Currency,
    Email,
    Phone,
    AdUserData,
    AdPersonalization,

    /// <summary>What an earlier run wrote beside a refused line.</summary>
    Reason,
}

/// <summary>Which field of a line holds what, by the names of the header.</summary>
/// <param name="Of">The field of each meaning that the file has.</param>
/// <param name="Header">The names as they stand.</param>
internal sealed record SalesColumns(IReadOnlyDictionary<SalesColumn, int> Of, IReadOnlyList<string> Header)
{
    // By letters and digits alone, in lower case: "Google Click ID", "google_click_id".
    private static readonly FrozenDictionary<string, SalesColumn> ByName = new (SalesColumn Column, string Names)[]
    {
        (SalesColumn.SiteId, "siteid site"),
        (SalesColumn.ExternalRef,
            "externalref externalreference orderid transactionid order ordernumber invoice invoicenumber bestellnummer rechnungsnummer siparisno"
            + " siparisnumarasi faturano saleid reference"),
        (SalesColumn.ClickKind, "clickkind clicktype"),
        (SalesColumn.ClickId, "clickid"),
        (SalesColumn.Gclid, "gclid googleclickid googleadsclickid adwordsclickid"),
        (SalesColumn.Gbraid, "gbraid"),
        (SalesColumn.Wbraid, "wbraid"),
        (SalesColumn.OccurredAt,
            "occurredat conversiontime conversiondatetime conversiondate time date datetime timestamp saledate soldat zeit datum zeitpunkt"
            + " tarih zaman satistarihi donusumzamani"),
        (SalesColumn.Amount,
            "amount value conversionvalue price total revenue betrag wert preis summe umsatz tutar deger fiyat donusumdegeri"),
        (SalesColumn.Currency, "currency currencycode conversioncurrency conversioncurrencycode wahrung parabirimi doviz donusumparabirimi"),
        (SalesColumn.Email, "email emailaddress mail hashedemail hashedemailaddress eposta epostaadresi"),
        (SalesColumn.Phone,
            "phone phonenumber telephone mobile hashedphone hashedphonenumber telefon telefonnummer telefonnumarasi ceptelefonu handy"),
        (SalesColumn.AdUserData, "aduserdata consentaduserdata"),
        (SalesColumn.AdPersonalization, "adpersonalization consentadpersonalization"),
        (SalesColumn.Reason, "reason"),
    }
    .SelectMany(group => group.Names.Split(' '), (group, name) => (name, group.Column))
    .ToFrozenDictionary(entry => entry.name, entry => entry.Column, StringComparer.Ordinal);

    // One of them is what Google finds the customer by.
    private static readonly SalesColumn[] Identities =
    [
        SalesColumn.ClickId, SalesColumn.Gclid, SalesColumn.Gbraid, SalesColumn.Wbraid, SalesColumn.Email, SalesColumn.Phone,
    ];

    public bool Has(SalesColumn column) => Of.ContainsKey(column);

    /// <summary>Names that mean nothing to us.</summary>
    public IEnumerable<string> Ignored => Header.Where((_, index) => !Of.Values.Contains(index));

    /// <summary>The field's text, without what stands around it; empty where the file has no such column.</summary>
    public string Field(string[] fields, SalesColumn column) => Of.TryGetValue(column, out var index) ? SaleFields.Unmark(fields[index]) : "";

    public static int CountKnown(IEnumerable<string> header) => header.Count(name => ByName.ContainsKey(Simplify(name)));

    /// <exception cref="FormatException">Two columns mean the same, or one that every sale needs is missing.</exception>
    public static SalesColumns Read(string[] header, SalesFileOptions options)
    {
        var found = new Dictionary<SalesColumn, int>();
        for (var index = 0; index < header.Length; index++)
        {
            if (ByName.TryGetValue(Simplify(header[index]), out var column) && !found.TryAdd(column, index))
                throw new FormatException($"{header[found[column]].Trim()} and {header[index].Trim()} mean the same: delete one");
        }

        var columns = new SalesColumns(found, header);
        Require(columns.Has(SalesColumn.SiteId) || options.Site is not null, "site_id", "give --site");
        Require(
            Identities.Any(columns.Has), "click_id", "or gclid, gbraid, wbraid, email, phone");
        Require(columns.Has(SalesColumn.OccurredAt), "occurred_at", "or conversion time");
        Require(columns.Has(SalesColumn.Amount), "amount", "or conversion value");
        return columns;

        static void Require(bool there, string name, string cure)
        {
            if (!there)
                throw new FormatException($"the column {name} is missing ({cure})");
        }
    }

    // By hand: without the system's tables of languages, which a small container lacks, .NET decomposes no letters.
    private static string Simplify(string name) => string.Concat(name
        .Where(char.IsLetterOrDigit)
        .Select(letter => char.ToLowerInvariant(letter) switch
        {
            'ı' or 'İ' => 'i',
            'ş' => 's',
            'ç' => 'c',
            'ğ' => 'g',
            'ö' => 'o',
            'ü' => 'u',
            'ä' or 'â' or 'á' or 'à' => 'a',
            'é' or 'è' or 'ê' => 'e',
            var plain => plain,
        }));
}
