using OpsMantik.Reliability.Faults;

namespace OpsMantik.Functions.Tests.Reliability;

/// <summary>Each fault that takes a second or two once; all of them, many times by command: see docs/reliability.md.</summary>
[Parallelizable(ParallelScope.Children)]
internal sealed class FaultTests
{
    [TestCaseSource(typeof(FaultProof), nameof(FaultProof.Quick))]
    public async Task Nothing_is_lost_nor_counted_twice_under(object scenario)
    {
        var result = await FaultProof.RunAsync((FaultScenario)scenario, await ProofServer.GetAsync(), times: 1);
        if (result.Skipped is { } reason)
            Assert.Ignore(reason);

        Assert.That(result.Broken, Is.Empty);
        Assert.That((result.Lost, result.Unexpected), Is.EqualTo((0, 0)));
        Assert.That(result.Rows, Is.Positive);
    }
}
