using System.Text.Json;
using static OpsMantik.Reliability.Fuzz.Rows.Hostility;

namespace OpsMantik.Reliability.Fuzz.Rows;

/// <summary>What the table's constraints let a hostile or careless dashboard leave in a row.</summary>
internal static class Hostilities
{
    private const string Time = "INVALID_CONVERSION_TIME";
    private const string Value = "INVALID_VALUE";
    private const string Currency = "INVALID_CURRENCY";
    private const string Click = "INVALID_CLICK_ID";
    private const string NoClick = "MISSING_CLICK_ID";
    private const string Order = "INVALID_ORDER_ID";
    private const string Payload = "INVALID_PAYLOAD";

    public static IReadOnlyList<Hostility> All { get; } =
    [
        .. Of(Time, (row, text) => row with { Time = text },
            "1969-12-31 23:59:59+00", "2101-01-01 00:00:00+00", "-infinity", "infinity", "4713-01-01 BC", "294276-12-31", "9999-12-31"),
        .. Of(null, (row, text) => row with { Time = text }, "1970-01-01 00:00:00+00", "2100-12-31 23:59:59+00", "epoch", "tomorrow"),
        .. Of(Value, (row, cents) => row with { ValueCents = cents }, -1, long.MinValue),
        .. Of(None, (row, cents) => row with { ValueCents = cents }, 0, 1, long.MaxValue),
        .. Of(Currency, (row, text) => row with { Currency = text },
            "T", "", "try", "TRYY", "₺", "İİİ", "T Y", "TR\n", "T'Y", new string('T', 10_000)),
        .. Of(Click, (row, text) => row with { Gclid = text },
            "a b", "a\nb", "a\rb", "a\tb", "a\u0085b", "a\u00a0b", "a\u007fb", " ", new string('g', 513), new string('g', 10_000),
            new string('g', 3_000_000)),
        .. Of(null, (row, text) => row with { Gclid = text },
            "it's", "a\"b", "a\\b", "'; drop table offline_conversion_queue; --", "%00", "\\u0000", "\u2400", "😀🎉", "\u202egnp", "\u200b",
            "<script>", "{\"gclid\":1}", "null", new string('g', 512)),
        .. Of(NoClick, (row, text) => row with { Gclid = text, Gbraid = text, Wbraid = text }, null, ""),
        new("every click id", None, row => row with { Gbraid = row.Gclid, Wbraid = row.Gclid }),
        new("a click id only in the last column", None, row => row with { Gclid = "", Wbraid = row.Gclid }),
        .. Of(Payload, (row, json) => row with { Payload = json },
            "[]", "[{}]", "\"text\"", "7", "1e1000", "null", "true", Deep(60), Deep(3_000), Huge(5_000_000),
            """{"value_cents":"12"}""", """{"value_cents":1.5}""", """{"value_cents":9223372036854775808}""", """{"value_cents":1e400}""",
            """{"value_cents":[]}""", """{"currency":{}}""", """{"order_id":4711}""", """{"order_id":["a"]}""", """{"click_ids":[]}""",
            """{"click_ids":"x"}""", """{"click_ids":{"gclid":5}}""", """{"consent":"GRANTED"}""", """{"consent":{"ad_user_data":"YES"}}""",
            """{"consent":{"ad_user_data":true}}""", """{"consent":{"adPersonalization":"granted"}}""", """{"conversion_time":0}""",
            """{"conversion_time":"yesterday"}""", """{"conversion_time":"2026-02-30T10:00:00Z"}""", """{"conversion_time":"2026-11-21"}""",
            """{"conversion_time":"2026-11-21T10:00:00"}""", """{"conversion_time":"21/11/2026 10:00:00 +03:00 x"}""",
            """{"conversion_time":"10000-01-01T00:00:00Z"}""", """{"conversion_time":"2026-11-21T10:00:00+99:00"}"""),
        .. Of(Time, (row, json) => row with { Payload = json },
            """{"conversion_time":"0001-01-01T00:00:00Z"}""", """{"conversion_time":"9999-12-31T23:59:59Z"}"""),
        .. Of(Value, (row, json) => row with { Payload = json }, """{"value_cents":-9223372036854775808}"""),
        .. Of(Currency, (row, json) => row with { Payload = json }, """{"currency":"t"}""", """{"currency":"TRY "}"""),
        .. Of(Click, (row, json) => row with { Payload = json }, """{"click_ids":{"gclid":"a b"}}"""),
        .. Of(Order, (row, order) => row with { Payload = JsonSerializer.Serialize(new { order_id = order }) },
            " ", "a\nb", "\u0001", new string('o', 65), new string('o', 10_000)),
        .. Of(None, (row, json) => row with { Payload = json },
            """{"conversion_time":null,"click_ids":{},"consent":{}}""", """{"unknown":[1,2,{"a":null}]}""", """{"":1,"a\nb":2}"""),
        .. Of(None, (row, count) => row with { RetryCount = count }, int.MinValue, -1, 7, int.MaxValue),
        .. Of(null, (row, count) => row with { RetryCount = count, Gclid = $"err-EXPIRED_EVENT/proc-EVENT_TOO_OLD-{row.Gclid}" },
            6, int.MaxValue),
        .. Of(null, (row, count) => row with { RetryCount = count, Gclid = $"err-INTERNAL_ERROR/proc-INTERNAL_ERROR-{row.Gclid}" },
            0, int.MaxValue),
        .. Of(None, (row, count) => row with { ClaimCount = count }, int.MinValue, -1, int.MaxValue),
        .. Of(None, (row, text) => row with { CreatedAt = text }, "-infinity", "infinity", "4713-01-01 BC", "294276-12-31"),
        .. Of(None, (row, text) => row with { NextRetryAt = text }, "-infinity", "4713-01-01 BC"),
    ];

    private static IEnumerable<Hostility> Of<T>(string? code, Func<QueueRow, T, QueueRow> apply, params T[] values) =>
        values.Select(value => new Hostility(Name(code, $"{value}"), code, row => apply(row, value)));

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
