using System.Text.Json.Nodes;

namespace OpsMantik.Functions.Tests.Infra;

/// <summary>
/// What a deployment would ask Azure for: the compiler works out the templates for given parameters as Azure would, save
/// for what only Azure knows, which stays an expression.
/// </summary>
internal sealed class Deployment
{
    private static readonly (string, string)[] Required =
    [
        ("AZURE_ENV_NAME", "test"), ("AZURE_LOCATION", "westeurope"),
        ("OPERATOR_ID", "00000000-0000-0000-0000-000000000001"), ("OPERATOR_NAME", "operators"),
    ];

    private static readonly Lazy<Task<Deployment>> Plain = new(() => PredictAsync());

    private readonly JsonArray _resources;

    private Deployment(JsonArray resources) => _resources = resources;

    /// <summary>The text of all of it.</summary>
    public string Text => _resources.ToJsonString();

    public Dictionary<string, string> AppSettings => One("Microsoft.Web/sites")["properties"]!["siteConfig"]!["appSettings"]!
        .AsArray().ToDictionary(setting => (string)setting!["name"]!, setting => (string)setting!["value"]!);

    /// <summary>With the required parameters alone.</summary>
    public static Task<Deployment> DefaultAsync() => Plain.Value;

    /// <param name="environment">Added to what main.bicepparam needs in any case.</param>
    public static async Task<Deployment> PredictAsync(params (string Name, string Value)[] environment)
    {
        var folder = Bicep.CopyFolder();
        try
        {
            var predicted = await Bicep.RunAsync(
                folder,
                ["snapshot", "main.bicepparam", "--mode", "overwrite", "--location", "westeurope",
                    "--tenant-id", Guid.Empty.ToString(), "--subscription-id", Guid.Empty.ToString()],
                [.. Required, .. environment]);
            Assert.That(predicted.ExitCode, Is.Zero, predicted.Error);
            var snapshot = await File.ReadAllTextAsync(Path.Combine(folder, "main.snapshot.json"));
            return new Deployment(JsonNode.Parse(snapshot)!["predictedResources"]!.AsArray());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public JsonNode One(string type) => All(type).Single();

    public IReadOnlyList<JsonNode> All(string type) => [.. _resources.Where(it => (string?)it!["type"] == type).Cast<JsonNode>()];
}
