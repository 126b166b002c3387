using System.CommandLine;
using OpsMantik.Reliability.Fuzz;

var root = new RootCommand("The proof under faults: nothing lost, nothing sent twice.")
{
    FuzzCommand.Create(),
};

return await root.Parse(args).InvokeAsync();
