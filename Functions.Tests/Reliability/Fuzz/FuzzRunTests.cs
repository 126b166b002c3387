using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Reliability.Fuzz;
using OpsMantik.Reliability.Fuzz.Requests;

namespace OpsMantik.Functions.Tests.Reliability.Fuzz;

internal sealed class FuzzRunTests
{
    [Test]
    public async Task A_thousand_bad_requests_break_nothing_and_store_nothing_that_is_not_valid()
    {
        await using var environment = await FuzzEnvironment.StartAsync(FuzzServer.Server, await PublishedApp.FolderAsync());
        var run = new FuzzRun(environment, seed: 20261124);

        var result = await run.RunAsync(0, 1_000);

        Assert.Multiple(() =>
        {
            Assert.That(result.Broken, Is.Empty);
            Assert.That(result.Held);
            Assert.That(run.Statuses.Keys, Is.SupersetOf(new[] { 200, 400, 403, 404, 405, 413 }), "far enough in to test anything");
            Assert.That(environment.Own.Meter.MostOfBody, Is.EqualTo(EndlessBodies.MostOfBody), "the meter saw the endless bodies");
        });
    }

    [Test]
    public void Seed_and_index_make_the_same_request_again()
    {
        var sites = new[] { Guid.Empty };

        var once = new RequestGenerator(7, sites).Make(42);
        var again = new RequestGenerator(7, sites).Make(42);

        Assert.That(again.ToString(), Is.EqualTo(once.ToString()));
        Assert.That(
            again.Parts.SelectMany(part => part.ToArray()), Is.EqualTo(once.Parts.SelectMany(part => part.ToArray())));
    }
}
