using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Infra;

/// <summary>Runs a script with stand-ins for az, psql and dotnet (stub.sh), which remember between runs what Azure would have.</summary>
internal sealed class Stubs : IDisposable
{
    private static readonly string[] Programs = ["az", "psql", "dotnet"];

    private readonly string _folder = Directory.CreateTempSubdirectory("opsmantik-scripts-").FullName;

    public Stubs()
    {
        foreach (var program in Programs)
        {
            var file = Path.Combine(_folder, program);
            File.Copy(Path.Combine(SourceTree.Root, "Functions.Tests", "Infra", "stub.sh"), file);
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Every call: program and arguments.</summary>
    public string Said => Read("said") ?? "";

    /// <summary>What Azure has in the end, but for the values of secrets.</summary>
    public string State => string.Join('\n', Directory.GetFiles(_folder, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(_folder, file)).Where(file => !Programs.Contains(file) && file != "said").Order(StringComparer.Ordinal));

    public string? Read(string file) => File.Exists(Path.Combine(_folder, file)) ? File.ReadAllText(Path.Combine(_folder, file)) : null;

    public async Task<Shell.Result> RunAsync(string script, params (string Name, string Value)[] environment)
    {
        File.Delete(Path.Combine(_folder, "said"));
        var result = await Shell.RunAsync(
            SourceTree.Root, "bash", [$"infra/{script}"],
            [
                ("PATH", $"{_folder}:{Environment.GetEnvironmentVariable("PATH")}"), ("STATE", _folder), ("ATTEMPTS", "2"), ("PAUSE", "0"),
                ("AZURE_SUBSCRIPTION_ID", "1"), ("AZURE_ENV_NAME", "test"), ("AZURE_LOCATION", "westeurope"), ("AZURE_RESOURCE_GROUP", "rg"),
                ("OPERATOR_ID", "2"), ("OPERATOR_NAME", "operators"), ("KEY_VAULT_NAME", "kv"), ("KEY_VAULT_ID", "/kv"),
                ("IDENTITY_NAME", "id"), ("IDENTITY_PRINCIPAL_ID", "3"), ("FUNCTION_APP_NAME", "func"),
                ("DATABASE_HOST", "db.example.com"), ("DATABASE_NAME", "opsmantik"),
                ("REGISTERED", "Microsoft.DBforPostgreSQL Microsoft.Insights microsoft.insights Microsoft.KeyVault Microsoft.ManagedIdentity Microsoft.OperationalInsights Microsoft.Storage Microsoft.Web"),
                .. environment,
            ]);
        Assert.Multiple(() =>
        {
            Assert.That(DocumentedCommands.Faults(Said), Is.Empty);
            Assert.That(
                Said.Split('\n').Where(call => call.StartsWith("az ", StringComparison.Ordinal) && !call.StartsWith("az version ", StringComparison.Ordinal)),
                Is.All.Matches<string>(call => call.Contains("--subscription 1", StringComparison.Ordinal) || call.Contains("/subscriptions/1/", StringComparison.Ordinal)),
                "azd's subscription, whatever Azure CLI's own is");
            Assert.That(result.Output + result.Error + Said, Does.Not.Contain("CANARY"));
        });
        return result;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
