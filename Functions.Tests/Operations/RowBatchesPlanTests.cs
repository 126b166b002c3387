using System.Text.Json;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Operations;

/// <summary>The ledger grows for ever; what is looked up in it for one row must not.</summary>
internal sealed class RowBatchesPlanTests
{
    [Test]
    public async Task The_batches_of_an_old_row_are_found_without_reading_the_ledger()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var worker = NpgsqlDataSource.Create(database.WorkerConnectionString);
        // Half a year of 300 sites; every second line starts a batch. As written: in the order of time.
        await database.ExecuteAsync(
            """
            insert into sites select md5(n::text)::uuid from generate_series(0, 299) n;
            insert into provider_upload_attempts (created_at, site_id, provider_key, batch_id, phase, claimed_count)
            select now() - interval '180 days' + n * interval '1 minute', md5((n / 2 % 300)::text)::uuid, 'google_ads', (n / 2)::text,
                   case when n % 2 = 0 then 'STARTED' else 'FINISHED' end, 1
            from generate_series(0, 240000) n;
            """);
        await database.ExecuteAsync("vacuum analyze provider_upload_attempts");
        await using var command = worker.CreateCommand(
            "explain (analyze, buffers, format json) " + SqlText.Load("Operations.Sql.RowBatches"));
        foreach (var value in (object[])[
            await database.ScalarAsync<Guid>("select md5('7')::uuid"), "google_ads", await database.ScalarAsync<DateTime>("select now() - interval '170 days'"), DBNull.Value, 50])
        {
            command.Parameters.Add(value is DBNull ? new() { Value = value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text } : new() { Value = value });
        }

        using var plan = JsonDocument.Parse((string)(await command.ExecuteScalarAsync())!);
        var root = plan.RootElement[0].GetProperty("Plan");

        Assert.That(root.GetProperty("Actual Rows").GetDouble(), Is.EqualTo(50));
        Assert.That(
            root.GetProperty("Shared Hit Blocks").GetInt32() + root.GetProperty("Shared Read Blocks").GetInt32(), Is.LessThan(200));
    }
}
