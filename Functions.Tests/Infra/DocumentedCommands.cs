using System.Text.RegularExpressions;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Infra;

/// <summary>Which commands <c>az</c> and <c>azd</c> have, with which arguments: commands.txt. There is neither program here.</summary>
internal static partial class DocumentedCommands
{
    private static readonly Dictionary<string, string[]> Arguments = File
        .ReadLines(Path.Combine(SourceTree.Root, "Functions.Tests", "Infra", "commands.txt"))
        .Where(line => !line.StartsWith('#'))
        .Select(line => line.Split(':', 2))
        .ToDictionary(parts => parts[0], parts => parts[1].Split(' ', StringSplitOptions.RemoveEmptyEntries));

    /// <summary>What the references do not have of a text's commands: one line each.</summary>
    public static IEnumerable<string> Faults(string text) => Command()
        .Matches(text.Replace("\\\n", " ", StringComparison.Ordinal))
        .SelectMany(match => FaultsOf(match.Groups["words"].Value, match.Groups["rest"].Value));

    public static int Count(string text) => Command().Count(text.Replace("\\\n", " ", StringComparison.Ordinal));

    private static IEnumerable<string> FaultsOf(string words, string rest)
    {
        // The longest name: what stands behind it is its first argument (azd env set NAME).
        var name = words;
        while (!Arguments.ContainsKey(name) && name.Contains(' '))
            name = name[..name.LastIndexOf(' ')];
        if (!Arguments.TryGetValue(name, out var own))
            return [$"{words}: no such command"];
        var everywhere = Arguments[$"{name.Split(' ')[0]} *"];
        return Argument().Matches(rest).Select(match => match.Groups["name"].Value)
            .Where(argument => !own.Contains(argument) && !everywhere.Contains(argument))
            .Select(argument => $"{name}: no {argument}");
    }

    // Up to the end of its line, of the $( ) it stands in, or of the || before the next one.
    [GeneratedRegex(@"(?<=^|[(\s])(?<words>azd?(?: [a-z][\w-]*)+)(?<rest>[^\n]*?)(?=\n|$|\|\||&&|\(azd? )", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"(?<=\s)(?<name>--[a-z][a-z-]*)")]
    private static partial Regex Argument();
}
