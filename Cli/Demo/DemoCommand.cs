using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using OpsMantik.Web;
using Spectre.Console;

namespace OpsMantik.Cli.Demo;

/// <summary><c>opsmantik demo</c>: the whole worker on real input, with nothing to prepare.</summary>
internal static class DemoCommand
{
    public static Command Create(TimeProvider time)
    {
        var database = new Option<string?>("--database")
        {
            Description = "Use this PostgreSQL instead of a private one. It is migrated, and the demo's rows stay. "
                + "Give a database set aside for demos, and its owner or a superuser.",
            HelpName = "connection string",
        };
        var once = new Option<bool>("--once") { Description = "End after the table instead of staying up." };
        var json = new Option<bool>("--json")
        {
            Description = "Print the summary as one JSON document, the last line of standard output. "
                + "Everything else goes to standard error.",
        };
        var envFile = new Option<FileInfo?>("--env-file")
        {
            Description = "When the demo is up, write what another shell needs to run the operator's commands on it: the "
                + "settings, and the sites by name. The file is deleted when the demo ends.",
        };
        envFile.Validators.Add(result =>
        {
            // What would end the demo after all its work is better said before.
            if (result.GetValueOrDefault<FileInfo?>() is not { } file)
                return;
            if (file.Directory is { Exists: false } folder)
                result.AddError($"--env-file: there is no folder {folder.FullName}.");
            else if (file.Exists)
                result.AddError($"--env-file: {file.FullName} is there already.");
        });
        var command = new CommandWithExamples(
            "demo",
            "Starts PostgreSQL, a Google Ads emulator and the worker, uploads a bundled sample of sales, shows "
            + "what became of them, and stays up until Ctrl+C. Exit code 1 when a sale ended otherwise than the sample says.",
            "dotnet run --project Cli -- demo",
            "dotnet run --project Cli -- demo --once --json",
            "dotnet run --project Cli -- demo --env-file demo.env",
            "dotnet run --project Cli -- demo --database \"Host=...;Database=demo\"")
        {
            database, once, json, envFile,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(once) && result.GetResult(envFile) is not null)
                result.AddError("--once and --env-file do not go together: the file is gone with the demo.");
        });
        command.SetAction((parsed, stopping) =>
        {
            var options = new DemoOptions(parsed.GetValue(database), parsed.GetValue(once), parsed.GetValue(json), parsed.GetValue(envFile));
            var run = new DemoRun(options, Terminal.Create(options.Json), time);
            return ErrorReport.GuardAsync(() => run.RunAsync(stopping), parsed);
        });
        return command;
    }
}

/// <param name="Database">The user's PostgreSQL as a connection string; null starts a private one.</param>
/// <param name="Once">End after the table.</param>
/// <param name="Json">The summary as the last line of standard output; people read standard error.</param>
/// <param name="EnvFile">Written when all is up: what another terminal needs for the operator's commands.</param>
internal sealed record DemoOptions(string? Database, bool Once, bool Json, FileInfo? EnvFile)
{
    public override string ToString() => "[redacted]";
}

/// <summary>What to try while the demo stays up. The one place that prints the secret: it is the demo's own.</summary>
internal static class NextSteps
{
    // The default encoder would write a plain "+" as an escape; this is for a shell, not for a page.
    private static readonly JsonSerializerOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="broken">The site whose token is revoked: the seed line mends it.</param>
    public static void Write(IAnsiConsole console, Uri address, string cronSecret, DemoSite broken)
    {
        var authorization = $"-H \"Authorization: Bearer {cronSecret}\"";
        var body = broken.SeedBody("1//demo-renewed").ToJsonString(Readable);
        console.Verbatim("");
        console.Verbatim($"Worker:       {address} (health: {Url(Routes.Health)})");
        console.Verbatim($"Secret:       {cronSecret}");
        console.Verbatim($"Status page:  {Url(Routes.Status)} (sign in with any name and the secret as the password)");
        console.Verbatim("");
        console.Verbatim("Upload what is due:");
        console.Verbatim($"  curl -X POST \"{Url(Routes.ProcessOfflineConversions)}?limit=50\" {authorization}");
        console.Verbatim("Recover rows that a dead worker left behind:");
        console.Verbatim($"  curl -X POST \"{Url(Routes.RecoverProcessing)}?min_age_minutes=15\" {authorization}");
        console.Verbatim("Ask what became of submitted rows:");
        console.Verbatim($"  curl -X POST \"{Url(Routes.ConfirmUploads)}\" {authorization}");
        console.Verbatim($"Give the site {broken.Name} working credentials:");
        console.Verbatim(
            $"  curl -X POST \"{Url(Routes.SeedCredentials)}\" {authorization} "
            + $"-H \"Content-Type: application/json\" -d '{body}'");
        console.Verbatim("The operator's commands in another shell: start the demo with --env-file demo.env, then there");
        console.Verbatim("  source demo.env && opsmantik status");
        console.Verbatim("");
        console.Verbatim("The schedules are live; the log follows. Ctrl+C stops everything.");

        string Url(string route) => new Uri(address, Routes.PathOf(route)).ToString();
    }
}
