using System.CommandLine;
using Spectre.Console;

namespace OpsMantik.Cli.Operator;

/// <summary>A change is made after a yes: typed, or given with <c>--yes</c>.</summary>
internal static class Confirmed
{
    public static Option<bool> CreateOption() => new("--yes", "-y") { Description = "Do it without asking." };

    /// <exception cref="OperatorException">Nobody is there to ask.</exception>
    public static bool Ask(Answer answer, bool yes, string question)
    {
        if (yes)
            return true;
        if (Console.IsInputRedirected)
            throw new OperatorException("Nothing was changed: there is nobody to ask. Give --yes to do it.");
        return answer.Screen.Confirm(question, defaultValue: false);
    }
}
