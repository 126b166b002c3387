using OpsMantik.Reliability.Model;

namespace OpsMantik.Functions.Tests.Reliability;

/// <summary>The model without an operator; the whole by command: see docs/reliability.md.</summary>
internal sealed class ModelTests
{
    private static IEnumerable<Breakage> Breakages => Enum.GetValues<Breakage>().Where(breakage => breakage != Breakage.None);

    [Test]
    public void No_interleaving_of_workers_recovery_and_dashboard_breaks_a_promise()
    {
        var graph = SiteGraph.Explore(scope: ModelScope.NoOperator);

        Assert.That(graph.Trace, Is.Null);
        Assert.That((graph.States, graph.Transitions), Is.EqualTo((55_275, 329_739)), "what is possible has changed: is that meant?");
    }

    [TestCaseSource(nameof(Breakages))]
    public void A_mistake_is_found_by_a_short_way(Breakage breakage)
    {
        var trace = SiteGraph.Explore(breakage).Trace;

        Assert.That(trace, Is.Not.Null, ModelCommand.Describe(breakage));
        Assert.That(trace!, Has.Count.LessThan(16));
        Assert.That(trace![^1], Does.StartWith("=> "));
    }

    [TestCase(Breakage.EmptyProbeKeepsLease, "HALF_OPEN under a lease that nobody will settle")]
    [TestCase(Breakage.AnyFailureReopens, "two probes live side by side")]
    public void What_was_once_wrong_is_found_as_what_it_was(Breakage breakage, string promise) =>
        Assert.That(SiteGraph.Explore(breakage).Trace![^1], Does.Contain(promise));
}
