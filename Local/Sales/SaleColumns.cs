using System.Globalization;
using static OpsMantik.Local.Sales.SaleFields;

namespace OpsMantik.Local.Sales;

/// <summary>The columns of the sample file, and what each may hold.</summary>
internal static class SaleColumns
{
    public static readonly string[] All =
    [
        "external_ref", "site", "click_kind", "click_id", "occurred_at", "amount", "currency", "conversation",
        "expected_status", "expected_code", "expected_retry_count", "expected_wait_minutes",
    ];

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
            AmountCents = Cents(field("amount")),
            Currency = Currency(field("currency")),
            Conversation = Required("conversation", field("conversation")),
            Expected = Expected(field),
        };
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
