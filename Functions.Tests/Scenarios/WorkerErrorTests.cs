using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Vault;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Scenarios;

/// <summary>A bug of ours: bounded, logged, and no other site's affair.</summary>
internal sealed class WorkerErrorTests : Scenario
{
    [Test]
    public async Task A_bug_costs_its_rows_an_attempt_and_leaves_the_other_sites_alone()
    {
        var broken = await AddSiteAsync(1);
        await Database.EnqueueAsync(broken, 2, "broken");
        var healthy = await AddSiteAsync(2);
        await Database.EnqueueAsync(healthy, 2, "healthy");
        await using var worker = new Worker(Database, Google, services =>
        {
            services.RemoveAll<IConversionProvider>();
            services.AddSingleton<IConversionProvider, BrokenProvider>();
        });

        await worker.UploadAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(await RowsAsync(broken), Is.EqualTo("RETRY/WORKER_ERROR:2"));
            Assert.That(await RowsAsync(healthy), Is.EqualTo("COMPLETED:2"));
            Assert.That(
                await Database.ScalarAsync<long>("select sum(retry_count) from offline_conversion_queue"), Is.EqualTo(2));
            Assert.That(worker.Logs, Has.Some.Contains("InvalidOperationException while uploading"));
        });
    }

    /// <summary>Found by seed 43 of the simulation: such a row was told of the bug, and paid for it.</summary>
    [Test]
    public async Task A_bug_costs_a_row_nothing_that_was_never_to_be_sent()
    {
        var broken = await AddSiteAsync(1);
        await Database.EnqueueAsync(broken, 2, "broken");
        await Database.ExecuteAsync(
            """update offline_conversion_queue set payload = '[]' where id = (select max(id::text)::uuid from offline_conversion_queue)""");
        await using var worker = new Worker(Database, Google, services =>
        {
            services.RemoveAll<IConversionProvider>();
            services.AddSingleton<IConversionProvider, BrokenProvider>();
        });

        await worker.UploadAsync();

        Assert.That(
            await Database.ScalarAsync<string>(
                """
                select string_agg(concat_ws(' ', q.status, q.provider_error_code, q.retry_count), ', ' order by q.status)
                from offline_conversion_queue q
                """),
            Is.EqualTo("FAILED INVALID_PAYLOAD 0, RETRY WORKER_ERROR 1"));
    }

    private sealed class BrokenProvider : IConversionProvider
    {
        public string Key => "google_ads";

        public int MaxBatchSize => 2_000;

        public string? FindFault(JsonElement credentials) => null;

        public Task<IReadOnlyList<UploadOutcome>> UploadAsync(
            OpenedCredential credential, IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken) =>
            conversions[0].Click!.Value.Value.StartsWith("broken", StringComparison.Ordinal)
                ? throw new InvalidOperationException("CANARY-of-a-bug")
                : Task.FromResult<IReadOnlyList<UploadOutcome>>([.. conversions.Select(_ => UploadOutcome.Completed())]);
    }
}
