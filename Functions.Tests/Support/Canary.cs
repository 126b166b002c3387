namespace OpsMantik.Functions.Tests.Support;

/// <summary>
/// Every secret of the tests carries one word, and everything the worker says is searched for it: log lines and answers
/// as they are dropped, error columns and ledger as each test database is.
/// </summary>
internal static class Canary
{
    private const string Word = "CANARY";

    /// <summary>The columns a secret could reach; credentials are sealed and left out.</summary>
    private const string Rows =
        """
        select w.text
        from (
            select to_jsonb(q)::text from offline_conversion_queue q
            union all
            select to_jsonb(a)::text from provider_upload_attempts a
            union all
            select to_jsonb(h)::text from provider_health_state h
        ) w (text)
        where w.text ilike '%canary%'
        limit 1
        """;

    public static void AssertAbsent(string where, IEnumerable<string> texts)
    {
        var leak = texts.FirstOrDefault(text => text.Contains(Word, StringComparison.OrdinalIgnoreCase));
        Assert.That(leak, Is.Null, $"a secret reached {where}");
    }

    public static async Task AssertAbsentAsync(TestDatabase database)
    {
        if (await database.ScalarAsync<string>("select to_regclass('provider_upload_attempts')::text") is not null)
            Assert.That(await database.ScalarAsync<string>(Rows), Is.Null, "a secret reached a row");
    }
}
