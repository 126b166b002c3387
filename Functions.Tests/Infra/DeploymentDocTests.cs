using System.Globalization;
using System.Text.RegularExpressions;
using OpsMantik.Functions.Tests.Cli;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Infra;

/// <summary>Commands that an operator pastes must parse, and what they name must be there.</summary>
internal sealed partial class DeploymentDocTests
{
    private static readonly string Document = Read("docs/deployment.md");

    private static readonly string[] Blocks =
        [.. Fence().Matches(Document + Read("docs/azure-network.md")).Select(fence => fence.Groups["bash"].Value.Replace("\n   ", "\n", StringComparison.Ordinal))];

    [Test]
    [Platform(Exclude = "Win")]
    public async Task Every_block_is_bash()
    {
        var folder = Directory.CreateTempSubdirectory("opsmantik-doc-").FullName;
        try
        {
            var script = Path.Combine(folder, "blocks.sh");
            // A commit is the reader's to fill in; to bash it is a redirection.
            var text = string.Join('\n', Blocks).Replace("<commit>", "COMMIT", StringComparison.Ordinal);
            await File.WriteAllTextAsync(script, text);

            var parsed = await Shell.RunAsync(folder, "bash", ["-n", script]);

            Assert.That(Blocks, Has.Length.GreaterThan(10));
            Assert.That(parsed.Error, Is.Empty);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Test]
    public async Task Every_local_command_is_there()
    {
        var scripts = Script().Matches(string.Concat(Blocks)).Select(match => match.Value).Distinct();
        var runs = Run().Matches(string.Concat(Blocks)).ToList();

        Assert.That(scripts.Select(script => Path.Combine(SourceTree.Root, script)), Is.Not.Empty.And.All.Exist);
        Assert.That(runs, Is.Not.Empty);
        foreach (var run in runs)
        {
            Assert.That(Path.Combine(SourceTree.Root, run.Groups["project"].Value), Does.Exist);
            var (exitCode, output, _) = await CliProcess.RunAsync(run.Groups["command"].Value, "--help");
            Assert.That(exitCode, Is.Zero, output);
        }
    }

    [Test]
    public void Every_command_of_azures_is_documented_there()
    {
        Assert.That(DocumentedCommands.Count(string.Join('\n', Blocks)), Is.GreaterThan(30));
        Assert.That(DocumentedCommands.Faults(string.Join('\n', Blocks)), Is.Empty);
    }

    [Test]
    [Platform(Exclude = "Win")]
    public async Task What_the_scripts_print_is_what_the_document_shows()
    {
        var shown = Transcript().Match(Document).Groups["text"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        using var stubs = new Stubs();
        var printed = "";

        foreach (var script in new[] { "preflight.sh", "secrets.sh", "database.sh" })
            printed += (await stubs.RunAsync(script, ("IDENTITY_NAME", "id-opsmantik-production-1a2b3c4d"))).Output;

        Assert.That(shown[..^1], Is.EqualTo(printed.Split('\n', StringSplitOptions.RemoveEmptyEntries)));
        Assert.That(shown[^1], Does.StartWith("package: "));
    }

    [Test]
    public void The_document_and_the_parameter_file_name_the_same_variables()
    {
        var set = Named().Matches(Document).Select(match => match.Groups["name"].Value);
        var read = Variable().Matches(Read("infra/main.bicepparam")).Select(match => match.Groups["name"].Value).ToList();
        string[] azds = ["AZURE_ENV_NAME", "AZURE_SUBSCRIPTION_ID"];
        // Read by a script, and not by the templates.
        read.Add("OPERATOR_ADDRESS");
        Assert.That(Read("infra/database.sh"), Does.Contain("${OPERATOR_ADDRESS:-"));

        Assert.That(set.Except(azds).Distinct(), Is.EquivalentTo(read.Except(azds)));
    }

    [Test]
    public void The_document_and_the_workflow_name_the_same_variables()
    {
        var used = WorkflowVariable().Matches(Read(".github/workflows/worker.yml")).Select(match => match.Groups["name"].Value);
        var section = Document[Document.IndexOf("## From GitHub", StringComparison.Ordinal)..Document.IndexOf("## Alerts", StringComparison.Ordinal)];

        Assert.That(used.Distinct(), Is.Not.Empty.And.All.Matches<string>(name => section.Contains($"`{name}`", StringComparison.Ordinal)));
    }

    [Test]
    public void The_document_and_the_alerts_name_the_same_rules()
    {
        var rows = Document[Document.IndexOf("## Alerts", StringComparison.Ordinal)..Document.IndexOf("## Roll back", StringComparison.Ordinal)];
        var named = AlertRow().Matches(rows).Select(match => match.Groups["name"].Value);
        var queries = Directory.GetFiles(Path.Combine(Bicep.Folder, "alerts")).Select(Path.GetFileNameWithoutExtension);

        Assert.That(named, Is.EquivalentTo(queries));
    }

    [Test]
    public void The_table_of_quantities_follows_from_its_formulas()
    {
        Quantities[] months = [Quantities.OfConversions(0, 0), Quantities.OfConversions(1_000_000, 100), Quantities.OfConversions(100_000_000, 1_000)];
        AssertRows<Quantities>(months,
        [
            ("Sites, each with sales in every run", month => month.Sites),
            ("Executions", _ => Quantities.Executions),
            ("Requests to Google", month => month.Requests),
            ("Seconds of an upload", month => month.SecondsOfUpload),
            ("GB-seconds", month => month.GigabyteSeconds),
            ("Evaluations of each alert", _ => Quantities.EvaluationsOfAlert),
            ("GB of telemetry", month => month.TelemetryGigabytes(traced: 1)),
            ("GB of telemetry, a tenth of the runs traced", month => month.TelemetryGigabytes(traced: 0.1)),
            ("GB that the database grows by", month => month.DatabaseGigabytes),
        ]);
    }

    [Test]
    public void The_table_of_sites_follows_from_the_same_formulas()
    {
        int[] sites = [1, 2_000, 100_000];
        (Quantities Idle, Quantities Busy)[] months =
            [.. sites.Select(count => (Quantities.OfSites(count, salesOfSite: 0), Quantities.OfSites(count, Quantities.SalesOfSiteADay)))];
        AssertRows<(Quantities Idle, Quantities Busy)>(months,
        [
            ("Sites", month => month.Busy.Sites),
            ("Executions", _ => Quantities.Executions),
            ("Seconds of an upload with nothing due", month => month.Idle.SecondsOfUpload),
            ("GB-seconds without a sale", month => month.Idle.GigabyteSeconds),
            ("Conversions", month => month.Busy.Rows),
            ("Seconds of an upload", month => month.Busy.SecondsOfUpload),
            ("Seconds of a reconciliation", month => month.Busy.SecondsOfReconciliation),
            ("GB-seconds", month => month.Busy.GigabyteSeconds),
        ]);
    }

    private static void AssertRows<T>(T[] months, (string Label, Func<T, double> Of)[] rows)
    {
        Assert.Multiple(() =>
        {
            foreach (var (label, of) in rows)
                Assert.That(Document, Does.Contain($"| {label} | {string.Join(" | ", months.Select(month => Text(of(month))))} |"));
        });

        static string Text(double quantity) => quantity.ToString(
            quantity is >= 100 or 0 || quantity == Math.Floor(quantity) ? "N0" : quantity < 0.1 ? "0.00" : "0.0", CultureInfo.InvariantCulture);
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(SourceTree.Root, path));

    [GeneratedRegex(@"```bash\n(?<bash>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"```text\n(?<text>preflight.*?)```", RegexOptions.Singleline)]
    private static partial Regex Transcript();

    [GeneratedRegex(@"\binfra/[\w-]+\.sh\b")]
    private static partial Regex Script();

    [GeneratedRegex(@"dotnet run --project (?<project>\w+) -- (?<command>\w+)")]
    private static partial Regex Run();

    [GeneratedRegex(@"azd env set (?<name>\w+)|^\| `(?<name>[A-Z_]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Named();

    [GeneratedRegex(@"readEnvironmentVariable\('(?<name>\w+)'")]
    private static partial Regex Variable();

    [GeneratedRegex(@"vars\.(?<name>\w+)")]
    private static partial Regex WorkflowVariable();

    [GeneratedRegex(@"^\| `(?<name>[a-z-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex AlertRow();
}
