using System.CommandLine;
using System.CommandLine.Invocation;
using OpsMantik.Cli;
using OpsMantik.Cli.Circuit;
using OpsMantik.Cli.Completion;
using OpsMantik.Cli.Credentials;
using OpsMantik.Cli.Demo;
using OpsMantik.Cli.Doctor;
using OpsMantik.Cli.Enqueue;
using OpsMantik.Cli.Help;
using OpsMantik.Cli.Migrate;
using OpsMantik.Cli.Preview;
using OpsMantik.Cli.Requeue;
using OpsMantik.Cli.Runs;

var root = new RootCommand("OpsMantik: brings confirmed sales to Google Ads.")
{
    DemoCommand.Create(TimeProvider.System),
    MigrateCommand.Create(),
    DoctorCommand.Create(TimeProvider.System),
    CredentialsCommand.Create(),
    EnqueueCommand.Create(),
    PreviewCommand.Create(),
    RequeueCommand.Create(),
    CircuitCommand.Create(),
    RunCommands.Upload(),
    RunCommands.Recover(),
    RunCommands.Confirm(),
    CompletionCommand.Create(),
};
HelpWithExamples.AddTo(root);

var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction mistyped)
    mistyped.ShowHelp = false;
var exitCode = await parsed.InvokeAsync(new InvocationConfiguration
{
    // Ctrl+C and SIGTERM cancel the command; stopping the app and PostgreSQL in order may take a while.
    ProcessTerminationTimeout = TimeSpan.FromSeconds(60),
});
return parsed.Action is ParseErrorAction ? ExitCodes.Unusable : exitCode;
