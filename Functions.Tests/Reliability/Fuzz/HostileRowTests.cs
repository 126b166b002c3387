using OpsMantik.Reliability.Fuzz;
using OpsMantik.Reliability.Fuzz.Rows;

namespace OpsMantik.Functions.Tests.Reliability.Fuzz;

internal sealed class HostileRowTests
{
    [Test]
    public async Task Every_kind_of_hostile_row_fails_alone_with_its_reason_on_both_ways()
    {
        await using var environment = await FuzzEnvironment.StartAsync(FuzzServer.Server);
        var run = new RowRun(environment);
        await run.AddCatalogueAsync();

        var result = await run.DrainAsync("catalogue");

        Assert.That(result.Broken, Is.Empty);
        Assert.That(result.Rows, Is.GreaterThan(400));
    }

    [TestCase(1)]
    [TestCase(2)]
    public async Task Rows_that_are_odd_in_several_ways_end_with_a_reason_and_good_ones_complete(int seed)
    {
        await using var environment = await FuzzEnvironment.StartAsync(FuzzServer.Server);
        var run = new RowRun(environment);
        await run.AddRandomAsync(seed, 300);

        Assert.That((await run.DrainAsync("random")).Broken, Is.Empty);
    }
}
