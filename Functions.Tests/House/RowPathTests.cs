namespace OpsMantik.Functions.Tests.House;

/// <summary>The table of docs/architecture.md that leads a reader along one row, from the job to the write-back.</summary>
public class RowPathTests
{
    // What the run knows only by its interface.
    private static readonly Dictionary<string, string> Interfaces = new() { ["GoogleAdsProvider"] = "IConversionProvider" };

    private static readonly string[] Path = [.. ReadPath()];

    [Test]
    public void A_row_is_followed_through_at_most_fifteen_files() => Assert.That(Path, Has.Length.InRange(10, 15).And.Unique);

    [TestCaseSource(nameof(Path))]
    public void Every_file_of_it_is_there(string file) => Assert.That(File.Exists(System.IO.Path.Combine(SourceTree.Root, file)));

    /// <summary>Each C# file names a type of the next one, or loads the next as its SQL: the reader never has to guess.</summary>
    [Test]
    public void Every_file_is_used_by_one_that_stands_before_it()
    {
        for (var place = 1; place < Path.Length; place++)
        {
            var name = System.IO.Path.GetFileName(Path[place]).Split('.')[^2];
            name = Interfaces.GetValueOrDefault(name, name);
            var before = Path[..place].Select(file => File.ReadAllText(System.IO.Path.Combine(SourceTree.Root, file)));
            Assert.That(before.Any(text => text.Contains(name, StringComparison.Ordinal)), $"nothing before {Path[place]} names {name}");
        }
    }

    private static IEnumerable<string> ReadPath()
    {
        var text = File.ReadAllText(System.IO.Path.Combine(SourceTree.Root, "docs", "architecture.md"));
        var table = text.Split("<!-- row-path -->")[1].Split("<!-- /row-path -->")[0];
        return table.Split('\n')
            .Where(line => line.StartsWith("| [", StringComparison.Ordinal))
            .Select(line => line.Split("](../")[1].Split(')')[0]);
    }
}
