using OpsMantik.Reliability.Load;

namespace OpsMantik.Functions.Tests.Reliability;

/// <summary>The proof of a migration in use, in small: <c>migration</c> runs it with two million rows.</summary>
internal sealed class MigrationProofTests
{
    [Test]
    public async Task Beside_a_migration_the_application_reads_and_writes()
    {
        var result = await MigrationProof.RunAsync(await ProofServer.GetAsync(), 200_000);

        Assert.That(result.Broken, Is.Empty);
        Assert.That(result.Lost, Is.Zero);
    }
}
