using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OpsMantik.Core;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Infra;

internal sealed partial class AlertTests
{
    private static readonly string[] Queries = Directory.GetFiles(Path.Combine(Bicep.Folder, "alerts"), "*.kql");

    private IReadOnlyList<JsonNode> _rules = null!;

    [OneTimeSetUp]
    public async Task PredictAsync() =>
        _rules = (await Deployment.PredictAsync(("ALERT_EMAIL", "on-call@example.com"))).All("Microsoft.Insights/scheduledQueryRules");

    [Test]
    public void Every_query_is_a_rule_and_is_asked_as_it_is_written() => Assert.That(
        _rules.Select(rule => (string)Condition(rule)["query"]!), Is.EquivalentTo(Queries.Select(File.ReadAllText)));

    [Test]
    public void A_rule_measures_a_column_that_its_query_has() => Assert.Multiple(() =>
    {
        foreach (var rule in _rules)
        {
            var query = (string)Condition(rule)["query"]!;
            Assert.That(query, Does.Match($@"\b{Condition(rule)["metricMeasureColumn"]} = "));
            foreach (var dimension in Condition(rule)["dimensions"]!.AsArray())
                Assert.That(query, Does.Match($@"\bby .*\b{dimension!["name"]}\b"));
        }
    });

    [Test]
    public void The_worker_has_every_instrument_that_a_query_asks_for()
    {
        var asked = Queries.SelectMany(query => Instrument().Matches(File.ReadAllText(query)))
            .Select(match => match.Groups["name"].Value).Distinct().ToList();
        var instruments = SourceTree.CSharp
            .Where(file => file.Key.StartsWith("Core/Metrics/", StringComparison.Ordinal) || file.Key.StartsWith("Web/", StringComparison.Ordinal))
            .SelectMany(file => file.Value)
            .SelectMany(line => Instrument().Matches(line))
            .Select(match => match.Groups["name"].Value)
            .ToList();

        Assume.That(instruments, Is.Not.Empty, "The instruments come with the telemetry.");
        Assert.That(asked, Has.Count.EqualTo(8));
        Assert.That(asked.Except(instruments), Is.Empty);
    }

    [Test]
    public void Silence_after_the_first_upload_wakes_somebody_and_before_it_nobody()
    {
        var tick = _rules.Single(rule => ((string)rule["name"]!).EndsWith("no-upload-tick", StringComparison.Ordinal));
        var query = (string)Condition(tick)["query"]!;

        Assert.Multiple(() =>
        {
            Assert.That((int)Condition(tick)["threshold"]!, Is.EqualTo(25));
            // One row over all workers: a summary without groups. Without one of their rows it is null, and dropped.
            Assert.That(query, Does.Match(@"\| summarize LastTick = [^\n]*\n\| where isnotnull\(LastTick\)\n").And.Not.Match(@"summarize[^\n]* by "));
            Assert.That((string)tick["properties"]!["overrideQueryTimeRange"]!, Is.EqualTo("P2D"), "what was heard before the silence");
        });
    }

    [Test]
    public void A_workspace_that_was_never_written_to_answers() => Assert.Multiple(() =>
    {
        foreach (var rule in _rules)
        {
            var query = (string)Condition(rule)["query"]!;
            Assert.That(query, Does.Contain("\nunion isfuzzy=true AppMetrics, (datatable("), "the table that may be missing stands in a fuzzy union alone");
            Assert.That(Word().Count(query), Is.EqualTo(1));
            foreach (var column in new[] { "TimeGenerated: datetime", "Name: string", "Sum: real", "ItemCount: int", "Properties: dynamic" })
                Assert.That(query, Does.Contain(column), "else the union would rename the table's own");
            Assert.That((bool?)rule["properties"]!["skipQueryValidation"], Is.True);
        }
    });

    [Test]
    public void Fifty_refused_calls_in_ten_minutes_wake_somebody()
    {
        var refused = _rules.Single(rule => ((string)rule["name"]!).EndsWith("refused-calls", StringComparison.Ordinal));

        Assert.Multiple(() =>
        {
            Assert.That((int)Condition(refused)["threshold"]!, Is.EqualTo(49));
            Assert.That((string)Condition(refused)["operator"]!, Is.EqualTo("GreaterThan"));
            Assert.That((string)Condition(refused)["query"]!, Does.Contain("TimeGenerated > ago(10m)").And.Not.Match(@"summarize[^\n]* by "));
        });
    }

    [Test]
    public void Every_rule_tells_the_people_who_were_named() => Assert.That(
        _rules, Is.Not.Empty.And.All.Matches<JsonNode>(rule => rule["properties"]!["actions"]!["actionGroups"]!.AsArray().Count == 1));

    [Test]
    public void A_rule_about_codes_leads_to_their_meanings()
    {
        var anchors = _rules.Select(rule => ErrorsDoc().Match((string)rule["properties"]!["description"]!))
            .Where(match => match.Success)
            .Select(match => match.Groups["anchor"].Value)
            .ToList();
        var topics = ErrorMeanings.All
            .Select(entry => entry.Topic.ToLowerInvariant().Replace("'", "", StringComparison.Ordinal).Replace(' ', '-'));

        Assert.That(anchors, Has.Count.EqualTo(4));
        Assert.That(anchors.Where(anchor => anchor.Length > 0), Is.Not.Empty.And.SubsetOf(topics));
    }

    private static JsonNode Condition(JsonNode rule) => rule["properties"]!["criteria"]!["allOf"]!.AsArray().Single()!;

    [GeneratedRegex(@"['""](?<name>opsmantik\.[a-z.]+)['""]")]
    private static partial Regex Instrument();

    [GeneratedRegex(@"\bAppMetrics\b")]
    private static partial Regex Word();

    [GeneratedRegex(@"docs/errors\.md(#(?<anchor>[a-z-]+))?")]
    private static partial Regex ErrorsDoc();
}
