using System.Text.Json;
using OpsMantik.Testbed;
using static OpsMantik.Reliability.Fuzz.Rows.MalformedRow;

namespace OpsMantik.Reliability.Fuzz.Rows;

/// <summary>What the table's constraints let a hostile or careless dashboard leave in a row.</summary>
internal static class MalformedRows
{
    private const string Time = "INVALID_CONVERSION_TIME";
    private const string TooOld = "CONVERSION_TOO_OLD";
    private const string Value = "INVALID_VALUE";
    private const string Currency = "INVALID_CURRENCY";
    private const string Click = "INVALID_CLICK_ID";
    private const string NoClick = "MISSING_CLICK_ID";
    private const string Order = "INVALID_ORDER_ID";
    private const string Payload = "INVALID_PAYLOAD";
    private const string TooLarge = "PAYLOAD_TOO_LARGE";

    public static IReadOnlyList<MalformedRow> All { get; } =
    [
        .. Of(Time, (row, text) => row with { Time = text },
            "2101-01-01 00:00:00+00", "2100-12-31 23:59:59+00", "infinity", "294276-12-31", "9999-12-31"),
        .. Of(TooOld, (row, text) => row with { Time = text },
            "1969-12-31 23:59:59+00", "-infinity", "4713-01-01 BC", "1970-01-01 00:00:00+00", "epoch"),
        .. Of(Value, (row, cents) => row with { ValueCents = cents }, -1, long.MinValue),
        .. Of(None, (row, cents) => row with { ValueCents = cents }, 0, 1, long.MaxValue),
        .. Of(Currency, (row, text) => row with { Currency = text },
            "T", "", "TRYY", "XYZ", "₺", "İİİ", "T Y", "TR\n", "T'Y", new string('T', 10_000)),
        .. Of(None, (row, text) => row with { Currency = text }, "try", " TRY\n"),
        .. Of(Click, (row, text) => row with { Gclid = text },
            "a b", "a\nb", "a\rb", "a\tb", "a\u0085b", "a\u00a0b", "a\u007fb", "it's", "a\"b", "a\\b", "%00", "😀🎉", new string('g', 513), new string('g', 10_000),
            new string('g', 3_000_000)),
        .. Of(null, (row, text) => row with { Gclid = text },
            "'; drop table offline_conversion_queue; --", "\\u0000", "\u2400", "\u202egnp", "{\"gclid\":1}", new string('g', 512)),
        .. Of(NoClick, (row, text) => row with { Gclid = text, Gbraid = text, Wbraid = text }, null, "", " ", "null", "\u200b", "{gclid}", "0", "<script>"),
        new("every click id", None, row => row with { Gbraid = row.Gclid, Wbraid = row.Gclid }),
        new("a click id only in the last column", None, row => row with { Gclid = "", Wbraid = row.Gclid }),
        .. Of(Payload, (row, json) => row with { Payload = json },
            "[]", "[{}]", "\"text\"", "7", "1e1000", "null", "true", Deep(60), Deep(3_000),
            """{"value_cents":1.5}""", """{"value_cents":9223372036854775808}""", """{"value_cents":1e400}""",
            """{"value_cents":[]}""", """{"currency":{}}""", """{"order_id":["a"]}""", """{"click_ids":[]}""",
            """{"click_ids":"x"}""", """{"click_ids":{"gclid":5}}""", """{"conversion_time":0}""",
            """{"conversion_time":"yesterday"}""", """{"conversion_time":"2026-02-30T10:00:00Z"}""", """{"conversion_time":"2026-11-21"}""",
            """{"conversion_time":"2026-11-21T10:00:00"}""", """{"conversion_time":"21/11/2026 10:00:00 +03:00 x"}""",
            """{"conversion_time":"10000-01-01T00:00:00Z"}""", """{"conversion_time":"2026-11-21T10:00:00+99:00"}"""),
        .. Of(TooLarge, (row, json) => row with { Payload = json },
            Huge(5_000_000), Huge(20_000), $"[{string.Join(',', Enumerable.Repeat("1e131071", 1_000))}]",
            JsonSerializer.Serialize(new { x = new string('x', 3_000_000) })),
        .. Of(Time, (row, json) => row with { Payload = json }, """{"conversion_time":"9999-12-31T23:59:59Z"}"""),
        .. Of(TooOld, (row, json) => row with { Payload = json }, """{"conversion_time":"0001-01-01T00:00:00Z"}"""),
        .. Of(Value, (row, json) => row with { Payload = json }, """{"value_cents":-9223372036854775808}"""),
        .. Of(Currency, (row, json) => row with { Payload = json }, """{"currency":"t"}"""),
        // The column's is good.
        .. Of(None, (row, json) => row with { Payload = json }, """{"click_ids":{"gclid":"a b"}}"""),
        .. Of(Order, (row, order) => row with { Payload = JsonSerializer.Serialize(new { order_id = order }) },
            "a\nb", "\u0001", new string('o', 65), new string('o', 10_000)),
        .. Of(None, (row, json) => row with { Payload = json },
            """{"conversion_time":null,"click_ids":{},"consent":{}}""", """{"unknown":[1,2,{"a":null}]}""", """{"":1,"a\nb":2}""", """{"value_cents":"12"}""", """{"order_id":4711}""", """{"order_id":" "}""", """{"currency":"TRY "}""",
            """{"consent":"GRANTED"}""", """{"consent":{"ad_user_data":"YES"}}""", """{"consent":{"ad_user_data":true}}""", """{"consent":{"adPersonalization":"granted"}}""", """{"consent":[1]}"""),
        .. Of(None, (row, count) => row with { RetryCount = count }, int.MinValue, -1, 7, int.MaxValue),
        .. Of(null, (row, count) => row with { RetryCount = count, Gclid = $"err-EXPIRED_EVENT-proc-EVENT_TOO_OLD-{row.Gclid}" },
            6, int.MaxValue),
        .. Of(null, (row, count) => row with { RetryCount = count, Gclid = $"err-INTERNAL_ERROR-proc-INTERNAL_ERROR-{row.Gclid}" },
            0, int.MaxValue),
        .. Of(None, (row, count) => row with { ClaimCount = count }, int.MinValue, -1, int.MaxValue),
        .. Of(None, (row, text) => row with { CreatedAt = text }, "-infinity", "infinity", "4713-01-01 BC", "294276-12-31"),
        .. Of(None, (row, text) => row with { NextRetryAt = text }, "-infinity", "4713-01-01 BC"),
    ];

    private static IEnumerable<MalformedRow> Of<T>(string? code, Func<QueueRow, T, QueueRow> apply, params T[] values) =>
        values.Select(value => new MalformedRow(Name(code, $"{value}"), code, row => apply(row, value)));

    private static string Name(string? code, string value) =>
        $"{(code is { Length: > 0 } ? code : "odd")}: {(value.Length <= 60 ? value : $"{value[..60]}... ({value.Length})")}";

    private static string Deep(int levels) =>
        $"{{\"order_id\":{string.Concat(Enumerable.Repeat("[", levels))}{new string(']', levels)}}}";

    // Not of one letter, which PostgreSQL would compress to nothing.
    private static string Huge(int length)
    {
        var bytes = new byte[length / 2];
        new Random(1).NextBytes(bytes);
        return JsonSerializer.Serialize(new { order_id = Convert.ToHexString(bytes) });
    }
}

/// <summary>One way in which a row can be odd.</summary>
/// <param name="Code">
/// The error code it must fail with; <see cref="None"/> when it must be uploaded all the same, and null when that is
/// Google's to say.
/// </param>
internal sealed record MalformedRow(string Name, string? Code, Func<QueueRow, QueueRow> Apply)
{
    public const string None = "";

    public override string ToString() => Name;
}

internal static class RowSeed
{
    /// <summary>Inserts a row and its sale.</summary>
    /// <returns>The row's id.</returns>
    public static Task<Guid> InsertAsync(this TestbedDatabase database, Guid site, QueueRow row) =>
        database.ScalarAsync<Guid>(
            """
            with sold as (
                insert into sales (id, site_id, occurred_at, amount_cents, status)
                -- The queue's site need not exist; the sale's must.
                values (gen_random_uuid(), coalesce((select s.id from sites s where s.id = $1), (select s.id from sites s limit 1)),
                        now() - interval '2 days', 12345, 'CONFIRMED')
                returning id
            )
            insert into offline_conversion_queue
                (site_id, sale_id, gclid, gbraid, wbraid, conversion_time, value_cents, currency, payload, status, retry_count,
                 claim_count, created_at, next_retry_at)
            select $1, s.id, $2::text, $3::text, $4::text, $5::text::timestamptz, $6, $7, $8::text::jsonb, 'QUEUED', $9, $10,
                   $11::text::timestamptz, $12::text::timestamptz
            from sold s
            returning id
            """,
            site, row.Gclid, row.Gbraid, row.Wbraid, row.Time, row.ValueCents, row.Currency, row.Payload, row.RetryCount,
            row.ClaimCount, row.CreatedAt, row.NextRetryAt);
}

/// <summary>A row as a dashboard inserts it; as it stands here, a good one. Times are texts that PostgreSQL reads.</summary>
internal sealed record QueueRow
{
    public string? Gclid { get; init; }

    public string? Gbraid { get; init; }

    public string? Wbraid { get; init; }

    public string Time { get; init; } = "yesterday";

    public long ValueCents { get; init; } = 12_345;

    public string Currency { get; init; } = "TRY";

    public string Payload { get; init; } = "{}";

    public int RetryCount { get; init; }

    public int ClaimCount { get; init; }

    public string CreatedAt { get; init; } = "now";

    public string? NextRetryAt { get; init; }
}
