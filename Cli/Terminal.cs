using Spectre.Console;

namespace OpsMantik.Cli;

/// <summary>Where people read: a terminal with colours, or a file and a build log without any.</summary>
internal static class Terminal
{
    private const int RedirectedWidth = 160;

    /// <param name="toError">Standard error, because standard output belongs to a program.</param>
    public static IAnsiConsole Create(bool toError)
    {
        var writer = toError ? Console.Error : Console.Out;
        var redirected = toError ? Console.IsErrorRedirected : Console.IsOutputRedirected;
        return redirected
            ? Plain(writer)
            : AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(writer) });
    }

    public static IAnsiConsole Plain(TextWriter writer)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            // On known build servers these would switch colours back on.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        console.Profile.Width = RedirectedWidth;
        return console;
    }

    /// <summary>A line for copying: never wrapped, never styled.</summary>
    public static void Verbatim(this IAnsiConsole console, string line) => console.Profile.Out.Writer.WriteLine(line);
}
