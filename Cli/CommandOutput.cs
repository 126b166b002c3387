using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using OpsMantik.Core;
using Spectre.Console;

namespace OpsMantik.Cli;

/// <summary>What a command prints: text for a person, or one JSON document for a program; never both.</summary>
internal sealed class CommandOutput(bool json)
{
    private static readonly JsonSerializerOptions SnakeCase = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        // It is read in terminals too, and never put into a page as it is.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Where a person reads and is asked; standard error when a program reads standard output.</summary>
    public IAnsiConsole Console { get; } = Terminal.Create(toError: json);

    public void WriteLine(string line) => Console.Verbatim(line);

    /// <param name="document">For a program.</param>
    /// <param name="print">For a person.</param>
    public void Write(object document, Action<IAnsiConsole> print)
    {
        if (json)
            System.Console.Out.WriteVisible(JsonSerializer.Serialize(document, SnakeCase));
        else
            print(Console);
    }
}

/// <summary>Shows on a terminal how far a long step is.</summary>
internal static class ProgressLine
{
    public static Task<T> ShowProgressAsync<T>(this CommandOutput output, string what, int total, Func<Action<int>, Task<T>> work) =>
        !output.Console.Profile.Capabilities.Interactive
            ? work(_ => { })
            : output.Console.Progress().AutoClear(true).StartAsync(context =>
            {
                var task = context.AddTask(what, maxValue: total);
                return work(done => task.Value = done);
            });
}

/// <summary>Consoles for people: with colours on a terminal, without in a file or a build log.</summary>
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

    /// <summary>A line for copying: never wrapped, never styled. It stays one line, whatever it quotes.</summary>
    public static void Verbatim(this IAnsiConsole console, string line) =>
        console.Profile.Out.Writer.WriteLine(VisibleText.Escape(line));

    /// <summary>Cells of plain text, which may have lines.</summary>
    public static void AddTextRow(this Table table, params IEnumerable<string> cells) => table.AddRow(
        [.. cells.Select(cell => string.Join('\n', cell.Split('\n').Select(VisibleText.Escape)).EscapeMarkup())]);

    /// <summary>A text that may have lines, as what stops a command; or JSON, which what is escaped in it still is.</summary>
    public static void WriteVisible(this TextWriter writer, string text) => writer.WriteLine(VisibleText.EscapeLines(text));
}

/// <summary>Values for people; times in UTC, to the second.</summary>
internal static class TextFormat
{
    public static string Utc(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static string UtcOrDash(DateTime? time) => time is { } known ? Utc(known) : "-";

    public static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Who has to act.</summary>
    public static string Name(Responsible responsible) => responsible switch
    {
        Responsible.SiteOwner => "site owner",
        Responsible.Operator => "operator",
        _ => "nobody",
    };
}
