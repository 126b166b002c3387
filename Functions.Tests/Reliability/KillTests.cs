using OpsMantik.Reliability.Processes;

namespace OpsMantik.Functions.Tests.Reliability;

/// <summary>Twenty kills; two hundred by command: see docs/reliability.md.</summary>
internal sealed class KillTests
{
    [Test]
    public async Task Nothing_is_lost_nor_counted_twice_by_a_killed_worker()
    {
        var results = await KillProof.RunAsync(await ProofServer.GetAsync(), count: 20, seed: 7);

        Assert.Multiple(() =>
        {
            Assert.That(results.Sum(result => result.Runs), Is.EqualTo(20));
            Assert.That(results.SelectMany(result => result.Broken), Is.Empty);
            Assert.That(results.Sum(result => result.Lost + result.Unexpected), Is.Zero);
            Assert.That(results.Sum(result => result.Duplicated), Is.Positive, "some died between request and write-back");
        });
    }
}
