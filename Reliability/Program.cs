using System.CommandLine;
using OpsMantik.Reliability.Faults;
using OpsMantik.Reliability.Fuzz;
using OpsMantik.Reliability.Fuzz.Rows;
using OpsMantik.Reliability.Processes;

var root = new RootCommand("The proof under faults: nothing lost, nothing sent twice.")
{
    KillCommand.Create(),
    FaultCommand.Create(),
    FuzzCommand.Create(),
    RowCommand.Create(),
};

return await root.Parse(args).InvokeAsync();
