using System.Text;
using System.Text.Json;
using Npgsql;
using OpsMantik.Core.Corrections;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Queue;

/// <summary>What a claim carries: 64 KiB of a row's JSON, 16 MiB of all, and nothing is read to learn that it is more.</summary>
internal sealed class PayloadBoundTests : QueueFixture
{
    private const int MostOfRow = 64 * 1024;
    private const int MostOfClaim = 16 * 1024 * 1024;

    // A number of ten bytes, 131,072 digits long.
    private const string LongNumber = "1e131071";

    [TestCase("jsonb_build_object('x', (select string_agg(md5(n::text), '') from generate_series(1, 320000) n))", Description = "10 MB")]
    [TestCase("jsonb_build_object('x', (select string_agg(md5(n::text), '') from generate_series(1, 520) n))", Description = "16.6 KB that do not compress")]
    [TestCase("jsonb_build_object('x', repeat('x', 65536))")]
    [TestCase("jsonb_build_object('x', repeat('x', 5000000))")]
    [TestCase("('[' || repeat('" + LongNumber + ",', 9) || '1]')::jsonb")]
    [TestCase("('[' || repeat('" + LongNumber + ",', 70000) || '1]')::jsonb")]
    [TestCase("('[' || repeat('1.' || repeat('0', 16000) || ',', 70) || '1]')::jsonb")]
    [TestCase("('[' || repeat('1,', 60000) || '1]')::jsonb")]
    [TestCase("('{\"x\":' || repeat('[', 2000) || '" + LongNumber + "' || repeat(']', 2000) || '}')::jsonb")]
    public async Task A_payload_that_is_too_large_is_not_handed_out_and_its_neighbour_is(string payload)
    {
        var rows = await Database.EnqueueAsync(await Database.AddSiteAsync(), 2);
        await SetAsync(rows[0], $"payload = {payload}, user_identifiers = {payload}");

        var jobs = (await ClaimAsync()).Single().Jobs;

        Assert.That(jobs.Select(job => job.Payload), Is.EqualTo(new[] { null, "{}" }));
        Assert.That(jobs.Select(job => job.UserIdentifiers), Is.All.Null);
        Assert.That(Jobs.Reader.Read(jobs[0]).Fault!.Code, Is.EqualTo("PAYLOAD_TOO_LARGE"));
    }

    [TestCase("jsonb_build_object('x', repeat('x', 65000))")]
    [TestCase("'{\"value_cents\":1e400}'")]
    [TestCase("'1e1000'")]
    [TestCase("'null'")]
    [TestCase("'[]'")]
    [TestCase("'{\"value_cents\": 12345, \"consent\": {\"ad_user_data\": true}, \"order_id\": \"A-1\"}'")]
    public async Task What_fits_is_handed_out_as_it_is(string payload)
    {
        var row = (await Database.EnqueueAsync(await Database.AddSiteAsync())).Single();
        await SetAsync(row, $"payload = {payload}, user_identifiers = {payload}");
        var stored = await Database.ScalarAsync<string>("select payload::text from offline_conversion_queue");

        var job = (await ClaimAsync()).Single().Jobs.Single();

        Assert.That((job.Payload, job.UserIdentifiers), Is.EqualTo((stored, stored)));
    }

    [Test]
    public async Task A_claim_ends_at_sixteen_mebibytes_and_the_next_ones_take_the_rest()
    {
        var (heavy, light) = (await Database.AddSiteAsync(), await Database.AddSiteAsync());
        await Database.EnqueueAsync(heavy, 700);
        await Database.ExecuteAsync("update offline_conversion_queue set payload = jsonb_build_object('x', repeat('x', 60000))");
        await Database.EnqueueAsync(light, 300);

        List<IReadOnlyList<ClaimedGroup>> claims = [];
        while (await ClaimAsync() is { Count: > 0 } claim)
            claims.Add(claim);

        Assert.That(claims[0].Single(group => group.SiteId == light).Jobs, Has.Count.EqualTo(300).Or.Count.GreaterThan(200), "the neighbour is in the first");
        Assert.That(claims.Select(SizeOf), Is.All.LessThanOrEqualTo(MostOfClaim));
        Assert.That(claims.SelectMany(claim => claim).SelectMany(group => group.Jobs).Select(job => job.Id).ToHashSet(), Has.Count.EqualTo(1000));
        Assert.That(claims, Has.Count.EqualTo(4), "half of one while the neighbour has the other half, then as few as that");
    }

    [Test]
    public async Task The_oldest_row_of_each_group_is_in_a_claim_that_is_cut()
    {
        var sites = await Database.AddSitesAsync(20);
        List<Guid> oldest = [];
        foreach (var site in sites)
            oldest.Add((await Database.EnqueueAsync(site, 30))[0]);
        await Database.ExecuteAsync("update offline_conversion_queue set payload = jsonb_build_object('x', repeat('x', 60000))");

        var claim = await ClaimAsync();

        Assert.That(claim.SelectMany(group => group.Jobs).Select(job => job.Id), Is.SupersetOf(oldest));
        // Twenty parts, each less than a row short of it.
        Assert.That(SizeOf(claim), Is.InRange(MostOfClaim - 20 * MostOfRow, MostOfClaim));
    }

    [Test]
    public async Task Ten_megabytes_are_not_read()
    {
        var rows = await Database.EnqueueAsync(await Database.AddSiteAsync(), 20);
        await Database.ExecuteAsync(
            """
            update offline_conversion_queue
            set payload = jsonb_build_object('x', (select string_agg(md5(n::text), '') from generate_series(1, 320000) n))
            where id = any ($1)
            """, (object)rows[..10]);
        await Database.ExecuteAsync("vacuum analyze offline_conversion_queue");
        await using var batch = Claim.CreateBatch(
            Worker, new ClaimRequest(Provider, Guid.NewGuid(), 10_000, 2_000), Guid.NewGuid(), default, QueuePosition.First);
        await using var command = Worker.CreateCommand($"explain (analyze, buffers, format json) {Claim.Sql}");
        foreach (var parameter in batch.BatchCommands[1].Parameters.Cast<NpgsqlParameter>())
            command.Parameters.Add(parameter.Clone());
        using var plan = JsonDocument.Parse((string)(await command.ExecuteScalarAsync())!);
        var root = plan.RootElement[0].GetProperty("Plan");
        var pages = root.GetProperty("Shared Hit Blocks").GetInt64() + root.GetProperty("Shared Read Blocks").GetInt64();

        // One payload is some 1,280 of them.
        Assert.That(pages, Is.LessThan(1_000));
    }

    [Test]
    public async Task Corrections_carry_no_more()
    {
        var rows = await Database.EnqueueAsync(await Database.AddSiteAsync(), 400, status: "COMPLETED");
        await Database.ExecuteAsync("update offline_conversion_queue set payload = jsonb_build_object('x', repeat('x', 60000))");
        await SetAsync(rows[0], "payload = ('[' || repeat('1e131071,', 9) || '1]')::jsonb");
        await Database.ExecuteAsync(
            """
            insert into conversion_corrections (site_id, provider_key, row_id, kind, corrected_at)
            select q.site_id, q.provider_key, q.id, 'RETRACT', now() - interval '1 hour' from offline_conversion_queue q
            """);
        var store = new CorrectionStore(Worker, TestInstruments.New(), new Random(1));

        List<ConversionJob> carried = [];
        var claims = 0;
        while (await store.ClaimAsync(Provider, 10_000, 2_000, CancellationToken.None) is { Count: > 0 } groups)
        {
            List<ConversionJob> jobs = [.. groups.SelectMany(group => group.Jobs).Select(job => job.Row)];
            Assert.That(jobs.Sum(job => job.Payload?.Length ?? 0), Is.LessThanOrEqualTo(MostOfClaim));
            carried.AddRange(jobs);
            claims++;
        }

        Assert.That((carried.Count, claims), Is.EqualTo((400, 2)));
        Assert.That(carried.Where(job => job.Payload is null).Select(job => job.Id), Is.EqualTo(new[] { rows[0] }));
    }

    [Test]
    public async Task A_persons_view_of_such_a_row_carries_no_more()
    {
        var rows = await Database.EnqueueAsync(await Database.AddSiteAsync(), 1);
        await SetAsync(rows[0], "payload = ('[' || repeat('1e131071,', 70000) || '1]')::jsonb");
        var reader = new RowHistoryReader(Operator, Jobs.Reader, Core.Conversions.Currencies.Default);

        var history = await reader.FindAsync(rows[0], CancellationToken.None);

        Assert.That(history!.Reading.Notes, Has.Some.Contains("more than 64 KiB"));
    }

    /// <summary>What the tests look through afterwards would not fit into the memory of a server.</summary>
    [TearDown]
    public Task ForgetAsync() => Database.ExecuteAsync("update offline_conversion_queue set payload = '{}', user_identifiers = null");

    private static long SizeOf(IReadOnlyList<ClaimedGroup> claim) => claim.SelectMany(group => group.Jobs).Sum(job =>
        new[] { job.Payload, job.UserIdentifiers, job.Gclid, job.Gbraid, job.Wbraid }.Sum(text => (long)Encoding.UTF8.GetByteCount(text ?? "")));

    private Task<int> SetAsync(Guid row, string columns) =>
        Database.ExecuteAsync($"update offline_conversion_queue set {columns} where id = $1", row);
}
