using System.CommandLine;

namespace OpsMantik.Cli.Help;

/// <param name="examples">Lines to copy, shown below the command's help.</param>
internal sealed class CommandWithExamples(string name, string description, params string[] examples)
    : Command(name, description)
{
    public IReadOnlyList<string> Examples { get; } = examples;
}
