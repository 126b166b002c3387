using System.CommandLine;

var root = new RootCommand("The proof under faults: nothing lost, nothing sent twice.");

return await root.Parse(args).InvokeAsync();
