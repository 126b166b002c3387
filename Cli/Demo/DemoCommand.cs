using System.CommandLine;
using OpsMantik.Cli.Help;

namespace OpsMantik.Cli.Demo;

/// <summary><c>opsmantik demo</c>: the whole worker on real input, with nothing to prepare.</summary>
internal static class DemoCommand
{
    public static Command Create(TimeProvider time)
    {
        var database = new Option<string?>("--database")
        {
            Description = "Use this PostgreSQL instead of a private one. It is migrated, and the demo's rows stay. "
                + "Give a database set aside for demos, and a superuser or a member of service_role.",
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
            + "what became of them, and stays up until Ctrl+C. Exit code 0 when every sale ended as the sample says, "
            + "1 when not, 2 when the demo could not run.",
            "dotnet run --project Cli -- demo",
            "dotnet run --project Cli -- demo --once --json",
            "dotnet run --project Cli -- demo --env-file demo.env    # then, elsewhere: source demo.env",
            "dotnet run --project Cli -- demo --database "
            + "\"Host=localhost;Database=demo;Username=postgres;Password=...\"")
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
            var run = new DemoRun(options, Screen.Create(options.Json), time);
            return ErrorReport.GuardAsync(() => run.RunAsync(stopping));
        });
        return command;
    }
}
