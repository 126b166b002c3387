using System.CommandLine;
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
using OpsMantik.Cli.Rows;
using OpsMantik.Cli.Runs;
using OpsMantik.Cli.Serve;
using OpsMantik.Cli.Status;

namespace OpsMantik.Cli;

/// <summary>The whole command line.</summary>
internal static class Root
{
    public static RootCommand Create(TimeProvider time)
    {
        var root = new RootCommand("OpsMantik: brings confirmed sales to Google Ads.")
        {
            DemoCommand.Create(time),
            ServeCommand.Create(),
            HealthCommand.Create(),
            StatusCommand.Create(time),
            RowCommand.Create(),
            PreviewCommand.Create(),
            EnqueueCommand.Create(),
            RequeueCommand.Create(),
            CredentialsCommand.Create(),
            CircuitCommand.Create(),
            RunCommands.Upload(),
            RunCommands.Recover(),
            RunCommands.Confirm(),
            DoctorCommand.Create(time),
            MigrateCommand.Create(),
            CompletionCommand.Create(),
        };
        HelpWithExamples.AddTo(root);
        Formats.AddTo(root);
        return root;
    }
}
