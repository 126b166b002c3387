using OpsMantik.Benchmarks.Compare;
using OpsMantik.Benchmarks.Report;

namespace OpsMantik.Functions.Tests.Benchmarks;

/// <summary>Two commits side by side; their builds and turns are made by <c>.ci/run</c> where there is a tag.</summary>
public class CompareTests
{
    private static readonly WorkerTurn Before = new(Start: 1_000, RowsPerSecond: 10_000, IdleTick: 5, StatusPage: 100, Peak: 100);

    [Test]
    public void More_is_better_whatever_is_measured()
    {
        var twiceAsGood = new WorkerTurn(Start: 500, RowsPerSecond: 20_000, IdleTick: 2.5, StatusPage: 50, Peak: 50);

        Assert.That(Ratios(Before, twiceAsGood).Select(figure => figure.Median), Is.EqualTo(Enumerable.Repeat(2, WorkerTurn.Measures.Count)));
    }

    [TestCase(8_900, true)]
    [TestCase(9_100, false)]
    public void A_ratio_below_nine_tenths_fails_the_run(double rowsPerSecond, bool fails)
    {
        var report = new BenchmarkReport([], Ratios(Before, Before with { RowsPerSecond = rowsPerSecond }), []);

        Assert.That(report.MissesFloor, Is.EqualTo(fails));
    }

    [TestCase("no-such-commit")]
    [TestCase("--force")]
    public void What_is_no_commit_is_named(string commit)
    {
        var folder = Directory.CreateTempSubdirectory("opsmantik-compare-");
        try
        {
            var error = Assert.ThrowsAsync<InvalidOperationException>(
                () => WorkerBuild.OfCommitAsync(commit, folder.FullName, CancellationToken.None));

            Assert.That(error.Message, Does.Contain(commit));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static List<Figure> Ratios(WorkerTurn before, WorkerTurn after) =>
        [.. WorkerTurn.Measures.SelectMany(measure => CompareMeasure.Figures("before", measure, [before], [after])).Where(figure => figure.Goal is not null)];
}
