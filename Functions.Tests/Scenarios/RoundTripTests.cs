using OpsMantik.Benchmarks;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Scenarios;

internal sealed class RoundTripTests : Scenario
{
    [TestCase(1)]
    [TestCase(200)]
    [TestCase(2_000)]
    public async Task A_batch_costs_one_claim_and_one_write_back_whatever_its_size(int rows)
    {
        await Database.EnqueueAsync(await AddSiteAsync(1), rows, "click");
        await using var worker = NewWorker();

        using var commands = new CommandCount(Database.Name);
        var summary = await worker.UploadAsync(limit: rows);

        Assert.That(summary.Completed, Is.EqualTo(rows));
        // The third is the run's own snapshot of the backlog, once per run.
        Assert.That(commands.Total, Is.EqualTo(3));
    }
}
