using System.CommandLine;

namespace OpsMantik.Cli.Operator;

internal static class JsonOption
{
    public static Option<bool> Create() =>
        new("--json") { Description = "Answer with one JSON document on standard output." };
}
