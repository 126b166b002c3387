using System.Globalization;
using static OpsMantik.Cli.Sales.SaleFields;

namespace OpsMantik.Cli.Sales;

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

/// <summary>Reads what fields of a sales file may hold.</summary>
internal static class SaleFields
{
    private static readonly string[] Kinds = ["gclid", "gbraid", "wbraid"];
    private static readonly string[] TimeFormat = ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mm:ss'Z'"];

    /// <exception cref="FormatException">It is empty; the message names the column.</exception>
    public static string Required(string column, string text) =>
        text.Length > 0 ? text : throw new FormatException($"{column} is empty");

    /// <exception cref="FormatException">It is none of them; the message names the column.</exception>
    public static string OneOf(string column, string text, params string[] allowed) =>
        allowed.Contains(text)
            ? text
            : throw new FormatException($"{column} is \"{text}\", expected one of {string.Join(", ", allowed)}");

    /// <exception cref="FormatException">It is no kind of click id.</exception>
    public static string ClickKind(string text) => OneOf("click_kind", text, Kinds);

    /// <summary>A time with its zone: without one the moment would be whatever the reading machine's zone makes of it.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static DateTimeOffset Time(string text) =>
        DateTimeOffset.TryParseExact(
            text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? time
            : throw new FormatException($"occurred_at is \"{text}\", expected with its zone, such as 2026-11-23T10:00:00+03:00");

    /// <summary>An amount in hundredths.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static long Cents(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount)
        && amount < 1_000_000_000_000m && decimal.IsInteger(amount * 100)
            ? (long)(amount * 100)
            : throw new FormatException($"amount is \"{text}\", expected such as 1234.50");

    /// <exception cref="FormatException">It is none.</exception>
    public static string Currency(string text) =>
        text.Length == 3 && text.All(char.IsAsciiLetterUpper)
            ? text
            : throw new FormatException($"currency is \"{text}\", expected three capital letters such as TRY");
}
