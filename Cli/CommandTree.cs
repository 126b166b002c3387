using System.CommandLine;
using OpsMantik.Cli.Credentials;
using OpsMantik.Cli.Demo;
using OpsMantik.Cli.Doctor;
using OpsMantik.Cli.Sales;
using OpsMantik.Cli.Serve;

namespace OpsMantik.Cli;

/// <summary>The whole command line.</summary>
internal static class CommandTree
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
            SaleCommand.Create(),
            PreviewCommand.Create(),
            EnqueueCommand.Create(),
            RequeueCommand.Create(),
            CredentialsCommand.Create(),
            CircuitCommand.Create(),
            RunCommands.Upload(),
            RunCommands.Recover(),
            RunCommands.Confirm(),
            ReconcileCommand.Create(),
            AlertsCommand.Create(),
            ExplainCommand.Create(),
            DoctorCommand.Create(time),
            MigrateCommand.Create(),
            CompletionCommand.Create(),
        };
        HelpWithExamples.AddTo(root);
        ValueFormats.AddTo(root);
        return root;
    }
}
