using OpsMantik.Reliability.Load;

namespace OpsMantik.Functions.Tests.Reliability;

/// <summary>A short outage in a small drain; ten minutes and a million rows by command: see docs/reliability.md.</summary>
internal sealed class OutageTests
{
    [Test]
    public async Task Workers_whose_database_was_away_end_every_row_once()
    {
        var result = await OutageProof.RunAsync(
            new OutageOptions(Rows: 12_000, Workers: 2, Length: TimeSpan.FromSeconds(1), AgeClaims: true));

        Assert.That(result.Broken, Is.Empty);
        Assert.That((result.Rows, result.Lost, result.Unexpected), Is.EqualTo((12_000, 0, 0)));
    }
}
