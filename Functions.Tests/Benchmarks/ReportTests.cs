using OpsMantik.Benchmarks.Report;

namespace OpsMantik.Functions.Tests.Benchmarks;

public class ReportTests
{
    private static readonly BenchmarkReport Report = new(
        ["2 cores", "PostgreSQL 15: fsync = on"],
        [
            new Figure("drain", "share of the bare limit", "%", [80, 60, 75], Goal.Least(70, 50)),
            new Figure("latency", "time over ideal", "×", [1.4], Goal.Most(1.15, 1.3)),
            new Figure("drain", "rows, \"even\" | odd", "rows/s", [1234.5]),
        ],
        ["peers: there is no npm"]);

    private DirectoryInfo _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("opsmantik-report-");

    [TearDown]
    public void DropFolder() => _folder.Delete(recursive: true);

    [Test]
    public void The_folder_gets_table_figures_and_plot()
    {
        ReportFolder.Write(_folder, Report);

        var table = Text("results.md");
        Assert.Multiple(() =>
        {
            Assert.That(table, Does.Contain("- PostgreSQL 15: fsync = on"));
            Assert.That(
                table, Does.Contain("| drain | share of the bare limit | 75 % | 60–80, 3 | ≥ 70 % | ≥ 50 % | goal |"));
            Assert.That(table, Does.Contain("| latency | time over ideal | 1.4 × | 1.4–1.4, 1 | ≤ 1.15 × | ≤ 1.3 × | MISSED |"));
            Assert.That(table, Does.Contain("""| drain | rows, "even" \| odd | 1,235 rows/s | 1,235–1,235, 1 |"""));
            Assert.That(table, Does.Contain("**Not measured:** peers: there is no npm"));
            Assert.That(table, Does.Contain("(ratios.svg)"));
            Assert.That(Text("figures.csv").Split(Environment.NewLine), Is.SupersetOf(new[]
            {
                "drain,share of the bare limit,%,75,80 60 75,70,50,true,Goal",
                "latency,time over ideal,×,1.4,1.4,1.15,1.3,false,Missed",
                "drain,\"rows, \"\"even\"\" | odd\",rows/s,1234.5,1234.5,,,,",
            }));
            Assert.That(Text("ratios.svg"), Does.Contain("<svg").And.Contain("time over ideal").And.Contain("1.4"));
        });
    }

    [Test]
    public void A_missed_floor_is_told() => Assert.That(Report.MissesFloor);

    [Test]
    public void A_run_without_a_ratio_has_no_plot()
    {
        ReportFolder.Write(_folder, Report with { Figures = [Report.Figures[2]] });

        Assert.That(_folder.GetFiles().Select(file => file.Name), Is.EquivalentTo(new[] { "results.md", "figures.csv" }));
        Assert.That(Text("results.md"), Does.Not.Contain(".svg"));
    }

    [Test]
    public void A_document_keeps_what_stands_around_its_markers()
    {
        var document = Put($"# Speed\n\n{DocumentFragment.Begin}\nold\n{DocumentFragment.End}\n\nWhy.\n");

        DocumentFragment.Open(document).Replace(Report);
        DocumentFragment.Open(document).Replace(Report);

        var text = Text("performance.md");
        Assert.Multiple(() =>
        {
            Assert.That(text, Does.StartWith($"# Speed\n\n{DocumentFragment.Begin}\n").And.EndWith($"{DocumentFragment.End}\n\nWhy.\n"));
            Assert.That(text, Does.Contain("75 %").And.Contain("(performance.svg)").And.Not.Contain("old"));
            Assert.That(text.Split(DocumentFragment.Begin), Has.Length.EqualTo(2));
            Assert.That(text, Does.Contain("(performance.csv)").And.Not.Contain("odd"));
            Assert.That(Text("performance.csv"), Does.Contain("odd"));
            Assert.That(Text("performance.svg"), Does.Contain("<svg"));
        });
    }

    [TestCase("no markers")]
    [TestCase($"{DocumentFragment.End} before {DocumentFragment.Begin}")]
    public void A_document_without_its_markers_is_refused_before_anything_is_measured(string text) => Assert.That(
        () => DocumentFragment.Open(Put(text)),
        Throws.InstanceOf<InvalidDataException>().With.Message.Contains(DocumentFragment.Begin));

    [Test]
    public void A_missing_document_is_refused() => Assert.That(
        () => DocumentFragment.Open(new FileInfo(Path.Combine(_folder.FullName, "none.md"))),
        Throws.InstanceOf<InvalidDataException>().With.Message.Contains("none.md"));

    private FileInfo Put(string text)
    {
        var path = Path.Combine(_folder.FullName, "performance.md");
        File.WriteAllText(path, text);
        return new FileInfo(path);
    }

    private string Text(string name) => File.ReadAllText(Path.Combine(_folder.FullName, name));
}
