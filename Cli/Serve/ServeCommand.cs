using System.CommandLine;
using OpsMantik.Cli.Help;
using OpsMantik.Web;

namespace OpsMantik.Cli.Serve;

/// <summary><c>opsmantik serve</c>: the worker without Azure.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new CommandWithExamples(
            "serve",
            "Runs the worker: the schedules, the HTTP endpoints and the status page, until Ctrl+C or SIGTERM; then it writes "
            + "back what is in flight, within 20 seconds. For a laptop, a container or a virtual machine; on Azure the function "
            + "app does the same. Settings come from the environment, or from a local.settings.json in the working folder.",
            "opsmantik serve",
            "opsmantik serve    # with ASPNETCORE_URLS=http://+:8080 it can be reached from other machines");
        command.SetAction(async (_, stopping) =>
            await WorkerApp.RunAsync(() => WorkerServer.Create(), stopping) == 0 ? ExitCodes.Success : ExitCodes.Unusable);
        return command;
    }
}
