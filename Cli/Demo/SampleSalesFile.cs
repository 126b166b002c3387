using System.Globalization;
using OpsMantik.Cli.Sales;
using static OpsMantik.Cli.Sales.SaleFields;

namespace OpsMantik.Cli.Demo;

/// <summary>Reads a file of sample sales, such as <c>samples/sales.csv</c>.</summary>
internal static class SampleSalesFile
{
    /// <summary>The bundled file, beside the assembly.</summary>
    public static string BundledPath => Path.Combine(AppContext.BaseDirectory, "samples", "sales.csv");

    /// <exception cref="OperatorException">The file is missing, or a line of it is wrong.</exception>
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
            throw new OperatorException($"{path} cannot be read: {exception.Message}");
        }
    }

    /// <param name="name">What errors call the text.</param>
    /// <exception cref="OperatorException">A line is wrong.</exception>
    public static IReadOnlyList<SampleSale> Read(TextReader text, string name)
    {
        List<SampleSale> sales = [];
        var consistency = new SampleConsistency();
        CsvLines.Read(
            text,
            SampleColumns.All,
            (line, field) =>
            {
                var sale = SampleColumns.Read(field, line);
                consistency.Check(sale);
                sales.Add(sale);
            },
            (line, fault) => throw new OperatorException($"{name}, line {line}: {fault}"));
        return sales;
    }
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

    /// <summary>Minor units of <see cref="Currency"/>, zero or more.</summary>
    public required long AmountCents { get; init; }

    /// <summary>Three capital letters; not each is a currency.</summary>
    public required string Currency { get; init; }

    /// <summary>Sales of one conversation share its click.</summary>
    public required string Conversation { get; init; }

    public required ExpectedOutcome Expected { get; init; }

    /// <summary>What becomes of the sale; null when it stays as it is.</summary>
    public SampleChange? Change { get; init; }
}

/// <summary>How the application changes a sale, and what that must lead to.</summary>
/// <param name="IsBeforeUpload">Else the upload is confirmed by then.</param>
/// <param name="AmountCents">The new amount in minor units; null when the sale is canceled.</param>
/// <param name="Correction">Kind, status and code of the correction; null when none is needed.</param>
/// <param name="AtGoogle">What Google has in the end: <c>none</c>, <c>retracted</c> or an amount.</param>
internal sealed record SampleChange(bool IsBeforeUpload, long? AmountCents, string? Correction, string AtGoogle);

/// <summary>How a sample row must stand after one upload run and the confirmation of what it submitted.</summary>
/// <param name="Status">COMPLETED, RETRY or FAILED.</param>
/// <param name="Code">Null where nothing went wrong.</param>
/// <param name="RetryCount">Attempts it spent.</param>
/// <param name="Wait">Until the next try, before any jitter; set for RETRY and for nothing else.</param>
internal sealed record ExpectedOutcome(string Status, string? Code, int RetryCount, TimeSpan? Wait);

/// <summary>Checks the lines of a sample file against each other.</summary>
internal sealed class SampleConsistency
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

/// <summary>The columns of the sample file, and what each may hold.</summary>
internal static class SampleColumns
{
    public static readonly string[] All =
    [
        "external_ref", "site", "click_kind", "click_id", "occurred_at", "amount", "currency", "conversation",
        "expected_status", "expected_code", "expected_retry_count", "expected_wait_minutes",
        "change", "change_to", "expected_correction", "expected_at_google",
    ];

    private const string Canceled = "canceled";
    private static readonly string[] Moments = ["before", "after"];

    private static readonly string[] Statuses = ["COMPLETED", "RETRY", "FAILED"];

    /// <exception cref="FormatException">A field is wrong; the message names the column.</exception>
    public static SampleSale Read(Func<string, string> field, int line)
    {
        var kind = Optional(field("click_kind"));
        var clickId = Optional(field("click_id"));
        if (kind is null != clickId is null)
            throw new FormatException("click_kind and click_id must both be set or both be empty");
        if (kind is not null)
            ClickKind(kind);
        return new SampleSale
        {
            Line = line,
            ExternalRef = Required("external_ref", field("external_ref")),
            Site = Required("site", field("site")),
            ClickKind = kind,
            ClickId = clickId,
            OccurredAt = Time(field("occurred_at")),
            AmountCents = MinorUnits(field("amount"), field("currency")),
            Currency = Currency(field("currency")),
            Conversation = Required("conversation", field("conversation")),
            Expected = Expected(field),
            Change = Change(field),
        };
    }

    private static SampleChange? Change(Func<string, string> field)
    {
        var (when, to) = (Optional(field("change")), Optional(field("change_to")));
        var (correction, atGoogle) = (Optional(field("expected_correction")), Optional(field("expected_at_google")));
        if (when is null)
        {
            return to is null && correction is null && atGoogle is null
                ? null
                : throw new FormatException("change must say when the sale changes, before or after its upload");
        }

        return new SampleChange(
            OneOf("change", when, Moments) == Moments[0],
            to == Canceled ? null : MinorUnits(to ?? "", field("currency")),
            correction,
            Required("expected_at_google", atGoogle ?? ""));
    }

    private static ExpectedOutcome Expected(Func<string, string> field)
    {
        var status = OneOf("expected_status", field("expected_status"), Statuses);
        var code = Optional(field("expected_code"));
        if (status != "COMPLETED" && code is null)
            throw new FormatException($"expected_code must say why a sale ends {status}");
        var wait = Optional(field("expected_wait_minutes"));
        if ((status == "RETRY") != (wait is not null))
            throw new FormatException("expected_wait_minutes must be set for RETRY, and for nothing else");
        return new ExpectedOutcome(
            status,
            code,
            Count("expected_retry_count", field("expected_retry_count")),
            wait is null ? null : TimeSpan.FromMinutes(Count("expected_wait_minutes", wait)));
    }

    private static string? Optional(string text) => text.Length == 0 ? null : text;

    private static int Count(string column, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw new FormatException($"{column} is \"{text}\", expected a whole number from 0");
}
