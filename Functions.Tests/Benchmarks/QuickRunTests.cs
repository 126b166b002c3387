using OpsMantik.Benchmarks;
using OpsMantik.Benchmarks.Drain;
using OpsMantik.Benchmarks.Report;

namespace OpsMantik.Functions.Tests.Benchmarks;

/// <summary>The benchmarks run: at their small sizes, which say nothing of speed.</summary>
public class QuickRunTests
{
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("opsmantik-benchmarks-");

    [TearDown]
    public void DropFolder() => _folder.Delete(recursive: true);

    [Test]
    public async Task Every_part_that_needs_no_npm_measures_and_reports()
    {
        IMeasure[] measures = [new DrainMeasure(), new CorrectionMeasure(), new LatencyMeasure(), new StatusMeasure(), new GoogleSpeedMeasure(), new MemoryMeasure(), new EnqueueMeasure(), new MicroMeasure()];
        var output = new StringWriter();

        var exitCode = await new BenchmarkRun(measures, _folder, null, output).RunAsync(Sizes.Quick, CancellationToken.None);

        var figures = await File.ReadAllLinesAsync(Path.Combine(_folder.FullName, "figures.csv"));
        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.Zero, output.ToString());
            Assert.That(figures.Skip(1).Select(line => line.Split(',')[0]).Distinct(),
                Is.EqualTo(measures.Select(measure => measure.Name)));
            Assert.That(figures, Has.None.Contains("NaN").And.None.Contains("∞"));
            Assert.That(output.ToString(), Does.Contain("share of the bare limit"));
        });
    }

    [Test]
    public async Task A_part_that_fails_is_reported_and_the_others_are_measured()
    {
        var output = new StringWriter();

        var exitCode = await new BenchmarkRun([new Broken(), new Sound()], _folder, null, output)
            .RunAsync(Sizes.Quick, CancellationToken.None);

        var table = await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "results.md"));
        Assert.Multiple(() =>
        {
            Assert.That(exitCode, Is.EqualTo(1));
            Assert.That(table, Does.Contain("**Not measured:** broken: no luck").And.Contain("| sound | nothing | 1 s |"));
            Assert.That(output.ToString(), Does.Contain("FAILED broken: no luck"));
        });
    }

    private sealed class Broken : IMeasure
    {
        public string Name => "broken";

        public string Description => "Fails.";

        public Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation) =>
            throw new InvalidOperationException("no luck");
    }

    private sealed class Sound : IMeasure
    {
        public string Name => "sound";

        public string Description => "Works.";

        public Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<Figure>>([new Figure(Name, "nothing", "s", [1])]);
    }
}
