using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OpsMantik.Functions.Tests.House;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Web.Endpoints;

namespace OpsMantik.Functions.Tests.Metrics;

/// <summary>Whoever names a metric names one that is there, and none is left out.</summary>
internal sealed partial class NamedInstrumentsTests
{
    private static readonly IReadOnlyCollection<Instrument> Instruments = Published();

    [Test]
    public void The_document_lists_every_instrument_with_its_kind_and_unit()
    {
        var rows = DocumentRow().Matches(Read("docs", "telemetry.md"))
            .Select(row => (row.Groups["name"].Value, row.Groups["kind"].Value, row.Groups["unit"].Value));

        Assert.That(rows, Is.EquivalentTo(Instruments.Select(
            instrument => (instrument.Name, KindOf(instrument), instrument.Unit!))));
    }

    [Test]
    public void The_grafana_dashboard_names_every_instrument_as_prometheus_does_and_no_other()
    {
        var named = Texts(Json("grafana.json"), "expr")
            .SelectMany(query => PrometheusName().Matches(query).Select(match => match.Value))
            .ToHashSet();
        var rendered = Instruments.ToDictionary(instrument => instrument.Name, NamesInPrometheus);

        Assert.Multiple(() =>
        {
            Assert.That(named, Is.Not.Empty.And.SubsetOf(rendered.Values.SelectMany(names => names)));
            Assert.That(rendered.Where(names => !names.Value.Any(named.Contains)), Is.Empty, "left out");
        });
    }

    [Test]
    public void The_workbook_names_every_instrument_and_no_other()
    {
        var named = Texts(Json("workbook.json"), "query")
            .SelectMany(query => Name().Matches(query).Select(match => match.Value))
            .ToHashSet();

        Assert.That(named, Is.EquivalentTo(Instruments.Select(instrument => instrument.Name)));
    }

    [TestCase("grafana.json", "expr")]
    [TestCase("workbook.json", "query")]
    public void A_query_asks_only_for_attributes_that_the_document_lists(string file, string property)
    {
        var listed = DocumentRow().Matches(Read("docs", "telemetry.md"))
            .SelectMany(row => row.Groups["attributes"].Value.Split(", "))
            .ToHashSet();
        var asked = Texts(Json(file), property)
            .SelectMany(query => Attribute().Matches(query).SelectMany(match => match.Groups["name"].Captures))
            .Select(capture => capture.Value.Trim())
            .Where(name => name != "le")
            .ToHashSet();

        Assert.That(asked, Is.Not.Empty.And.SubsetOf(listed));
    }

    private static IReadOnlyCollection<Instrument> Published()
    {
        var (_, meters) = TestInstruments.NewWithMeters(TimeProvider.System);
        using var metrics = new RecordedMetrics(meters);
        _ = new RefusedCalls(meters);
        return metrics.Instruments;
    }

    private static string KindOf(Instrument instrument) => instrument switch
    {
        Counter<long> => "counter",
        Histogram<double> => "histogram",
        _ => "gauge",
    };

    // As the collector and Prometheus itself translate OpenTelemetry: dots to lines, seconds spelled out, units that only
    // annotate dropped.
    private static string[] NamesInPrometheus(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_') + (instrument.Unit == "s" ? "_seconds" : "");
        return KindOf(instrument) switch
        {
            "counter" => [$"{name}_total"],
            "histogram" => [$"{name}_bucket", $"{name}_sum", $"{name}_count"],
            _ => [name],
        };
    }

    private static JsonNode Json(string file) => JsonNode.Parse(Read("infra", "dashboards", file))!;

    private static string Read(params string[] path) => File.ReadAllText(Path.Combine([SourceTree.Root, .. path]));

    private static IEnumerable<string> Texts(JsonNode? node, string property) => node switch
    {
        JsonObject parent => parent.SelectMany(child =>
            child.Key == property && child.Value is JsonValue value ? [value.ToString()] : Texts(child.Value, property)),
        JsonArray list => list.SelectMany(child => Texts(child, property)),
        _ => [],
    };

    [GeneratedRegex(@"^\| `(?<name>opsmantik\.[a-z.]+)` \| (?<kind>\w+) \| (?<unit>[^ ]+) \| (?<attributes>[^|]+) \|", RegexOptions.Multiline)]
    private static partial Regex DocumentRow();

    [GeneratedRegex("opsmantik_[a-z_]+")]
    private static partial Regex PrometheusName();

    [GeneratedRegex(@"opsmantik\.[a-z.]+")]
    private static partial Regex Name();

    [GeneratedRegex(@"by \((?:(?<name>[a-z ]+),?)+\)|[{,](?<name>[a-z]+)[!=~]+""|customDimensions\.(?<name>\w+)")]
    private static partial Regex Attribute();
}
