using System.Text.Json;
using Npgsql;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Queue;

/// <summary>Hashed identifiers of sent rows go, from where the worker reads them and from nowhere else.</summary>
internal sealed class IdentifierRetentionTests : QueueFixture
{
    private const string Hash = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b";

    private static readonly TimeSpan Age = TimeSpan.FromDays(90);

    private static readonly string[] Names =
    [
        "hashed_email", "hashedEmail", "hashed_email_address", "HashedEmailAddress", "sha256_email", "sha256_email_address", "sha256Email", "SHA_256_EMAIL", "_hashed_email_",
        "hashed_phone", "hashed_phone_number", "hashedPhoneNumber", "HASHED_PHONE", "sha256_phone", "sha256_phone_number", "Sha256PhoneNumber", "hashedEmail_Address",
    ];

    [TestCaseSource(nameof(Names))]
    public async Task Every_name_that_the_reader_knows_is_cleared_from_the_payload(string name)
    {
        var row = await AddSentAsync($$$"""payload = '{"{{{name}}}":"{{{Hash}}}","order_id":"A-1","x":[1,null]}'""");
        Assert.That(Read(name), Has.Count.EqualTo(1), "the reader knows it");

        Assert.That(await Queue.ClearIdentifiersAsync(Age, CancellationToken.None), Is.EqualTo(1));

        Assert.That(await PayloadAsync(row), Is.EqualTo("""{"x": [1, null], "order_id": "A-1"}"""));
    }

    [TestCase("user_identifiers = '{\"hashed_email\":\"" + Hash + "\"}'", "{}")]
    [TestCase("user_identifiers = '[]', payload = '[1]'", "[1]")]
    [TestCase("payload = '{\"user_identifiers\":[{\"type\":\"hashed_email\",\"value\":\"" + Hash + "\"}],\"a\":1}'", "{\"a\": 1}")]
    public async Task The_column_and_the_list_are_cleared(string columns, string payload)
    {
        var row = await AddSentAsync(columns);

        Assert.That(await Queue.ClearIdentifiersAsync(Age, CancellationToken.None), Is.EqualTo(1));

        Assert.That(await PayloadAsync(row), Is.EqualTo(payload));
        Assert.That(await Database.ScalarAsync<bool>("select user_identifiers is null from offline_conversion_queue"), Is.True);
        Assert.That(await Queue.ClearIdentifiersAsync(Age, CancellationToken.None), Is.Zero, "once");
    }

    [TestCase("payload = '{}'")]
    [TestCase("payload = '{\"email\":\"x\",\"hashed\":1,\"order_id\":\"hashed_email\"}'")]
    [TestCase("payload = '[\"hashed_email\"]'")]
    [TestCase("payload = '\"hashed_email\"'")]
    [TestCase("payload = '7'")]
    [TestCase("user_identifiers = '{}', uploaded_at = now() - interval '89 days'")]
    [TestCase("user_identifiers = '{}', status = 'FAILED'")]
    [TestCase("user_identifiers = '{}', status = 'SUBMITTED'")]
    [TestCase("user_identifiers = '{}', status = 'RETRY'")]
    public async Task Nothing_else_is_touched(string columns)
    {
        await AddSentAsync(columns);
        var before = await Database.ScalarAsync<string>("select to_jsonb(q)::text from offline_conversion_queue q");

        Assert.That(await Queue.ClearIdentifiersAsync(Age, CancellationToken.None), Is.Zero);

        Assert.That(await Database.ScalarAsync<string>("select to_jsonb(q)::text from offline_conversion_queue q"), Is.EqualTo(before));
    }

    [TestCase("QUEUED", 0)]
    [TestCase("RETRY", 0)]
    [TestCase("PROCESSING", 0)]
    [TestCase("COMPLETED", 1)]
    [TestCase("FAILED", 1)]
    public async Task A_correction_that_is_not_over_keeps_them(string status, int cleared)
    {
        var row = await AddSentAsync("user_identifiers = '{}'");
        await Database.ExecuteAsync(
            """
            insert into conversion_corrections (site_id, provider_key, row_id, kind, corrected_at, status)
            select q.site_id, q.provider_key, q.id, 'RETRACT', now(), $1 from offline_conversion_queue q where q.id = $2
            """, status, row);

        Assert.That(await Queue.ClearIdentifiersAsync(Age, CancellationToken.None), Is.EqualTo(cleared));
    }

    [Test]
    public async Task A_row_of_the_older_worker_ages_by_its_last_change()
    {
        await AddSentAsync("user_identifiers = '{}', uploaded_at = null, updated_at = now() - interval '91 days'");

        Assert.That(await Queue.ClearIdentifiersAsync(Age, CancellationToken.None), Is.EqualTo(1));
    }

    [Test]
    public async Task Only_a_chunk_at_a_time_and_locked_rows_later()
    {
        await Database.EnqueueAsync(await Database.AddSiteAsync(), 20_010, status: "COMPLETED");
        await Database.ExecuteAsync("update offline_conversion_queue set user_identifiers = '{}', uploaded_at = now() - interval '91 days'");
        await using var writer = await Database.Admin.OpenConnectionAsync();
        await using var transaction = await writer.BeginTransactionAsync();
        await using var hold = new NpgsqlCommand("select from offline_conversion_queue limit 3 for update", writer, transaction);
        await hold.ExecuteNonQueryAsync();

        Assert.That(await Queue.ClearIdentifiersAsync(Age, CancellationToken.None), Is.EqualTo(20_000));
        Assert.That(await Queue.ClearIdentifiersAsync(Age, CancellationToken.None), Is.EqualTo(7));
        await transaction.RollbackAsync();
        Assert.That(await Queue.ClearIdentifiersAsync(Age, CancellationToken.None), Is.EqualTo(3));
    }

    [Test]
    public async Task With_nothing_to_do_no_table_is_read()
    {
        await Database.EnqueueAsync(await Database.AddSiteAsync(), 20_000, status: "COMPLETED");
        await Database.ExecuteAsync("update offline_conversion_queue set uploaded_at = now() - interval '91 days'");
        await Database.ExecuteAsync("vacuum analyze offline_conversion_queue");
        await using var command = Worker.CreateCommand($"explain (format json) {SqlText.Load("Queue.Sql.ClearIdentifiers")}");
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = Age });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = 20_000 });

        var plan = (string)(await command.ExecuteScalarAsync())!;

        Assert.That(plan, Does.Contain("offline_conversion_queue_identifiers_idx").And.Not.Contain("Seq Scan\",\n            \"Parent Relationship\": \"Outer\",\n            \"Parallel Aware\": false,\n            \"Async Capable\": false,\n            \"Relation Name\": \"offline_conversion_queue\""));
    }

    private async Task<Guid> AddSentAsync(string columns)
    {
        var row = (await Database.EnqueueAsync(await Database.AddSiteAsync(), 1, status: "COMPLETED")).Single();
        await Database.ExecuteAsync("update offline_conversion_queue set uploaded_at = now() - interval '91 days' where id = $1", row);
        await Database.ExecuteAsync($"update offline_conversion_queue set {columns} where id = $1", row);
        return row;
    }

    private Task<string?> PayloadAsync(Guid row) =>
        Database.ScalarAsync<string>("select payload::text from offline_conversion_queue where id = $1", row);

    private static IReadOnlyList<UserIdentifier> Read(string name)
    {
        var reader = new UserIdentifierReader();
        using var json = JsonDocument.Parse($$"""{"{{name}}":"{{Hash}}"}""");
        reader.Add(json.RootElement);
        return reader.Found;
    }
}
