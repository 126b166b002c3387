using System.CommandLine;

var root = new RootCommand("Speed and scale, measured beside the peers.");

return await root.Parse(args).InvokeAsync();
