using System.CommandLine;
using System.CommandLine.Invocation;
using OpsMantik.Cli;

var parsed = CommandTree.Create(TimeProvider.System).Parse(args);
if (parsed.Action is ParseErrorAction mistyped)
    mistyped.ShowHelp = false;
var exitCode = await parsed.InvokeAsync(new InvocationConfiguration
{
    // Ctrl+C and SIGTERM cancel the command; stopping the app and PostgreSQL in order may take a while.
    ProcessTerminationTimeout = TimeSpan.FromSeconds(60),
});
return parsed.Action is ParseErrorAction ? ErrorReport.WriteNext(parsed) : exitCode;
