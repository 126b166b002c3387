using OpsMantik.Reliability.Simulation;

namespace OpsMantik.Functions.Tests.Reliability;

/// <summary>Two thousand seeds; a hundred thousand by command: see docs/reliability.md.</summary>
internal sealed class SimulationTests
{
    [Test]
    public void Two_thousand_simulated_worlds_lose_nothing_and_count_nothing_twice()
    {
        var result = SimulationScenario.Run(from: 1, count: 2_000);

        Assert.Multiple(() =>
        {
            Assert.That(result.Broken, Is.Empty, "each names its seed: simulate --seed N replays it with its trace");
            Assert.That((result.Runs, result.Lost, result.Unexpected), Is.EqualTo((2_000, 0, 0)));
            Assert.That(result.Duplicated, Is.Positive, "answers were lost");
            Assert.That(result.Recovered, Is.Positive);
        });
    }

    [Test]
    public void A_seed_replays_exactly_and_another_differs()
    {
        var once = Enumerable.Range(1, 40).Select(seed => SeedRun.Run(seed).TraceHash).ToList();
        var again = once.Select((_, place) => SeedRun.Run(place + 1, keepTrace: true).TraceHash);

        Assert.That(again, Is.EqualTo(once));
        Assert.That(once, Is.Unique);
    }
}
