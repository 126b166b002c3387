namespace OpsMantik.Functions.Tests.House;

/// <summary>What the design promises of the house itself.</summary>
public class HouseRuleTests
{
    [Test]
    public void Files_can_be_held_in_the_head()
    {
        var lengths = SourceTree.CSharp.Values.Select(lines => lines.Length).Order().ToArray();
        var longest = SourceTree.CSharp.MaxBy(file => file.Value.Length);

        Assert.Multiple(() =>
        {
            Assert.That(lengths[lengths.Length / 2], Is.LessThan(80), "median");
            Assert.That(lengths[lengths.Length * 9 / 10], Is.LessThan(200), "nine of ten");
            Assert.That(longest.Value, Has.Length.LessThanOrEqualTo(400), longest.Key);
        });
    }

    [TestCase("Core/", "OpsMantik.Functions", "OpsMantik.Cli", "OpsMantik.Local", "Microsoft.AspNetCore")]
    [TestCase("Core/Providers/", "OpsMantik.Core.Queue", "OpsMantik.Core.Runs", "OpsMantik.Core.Breaker", "Npgsql")]
    [TestCase("Local/", "OpsMantik.Core", "OpsMantik.Functions", "OpsMantik.Cli")]
    [TestCase("Functions/", "OpsMantik.Cli", "OpsMantik.Local", "Npgsql")]
    public void Imports_run_one_way(string room, params string[] forbidden)
    {
        var offences =
            from file in SourceTree.CSharp
            where file.Key.StartsWith(room, StringComparison.Ordinal)
            from line in file.Value
            where forbidden.Any(name => line.StartsWith($"using {name}", StringComparison.Ordinal))
            select $"{file.Key}: {line}";

        Assert.That(offences, Is.Empty);
    }

    [Test]
    public void The_hosts_adapters_stay_thin()
    {
        var lines = SourceTree.CSharp
            .Where(file => file.Key.StartsWith("Functions/CustomHandler/", StringComparison.Ordinal)
                || file.Key.StartsWith("Functions/IsolatedWorker/", StringComparison.Ordinal))
            .Sum(file => file.Value.Length);

        Assert.That(lines, Is.InRange(1, 300));
    }
}
