using System.Text.Encodings.Web;
using System.Text.Json;
using Spectre.Console;

namespace OpsMantik.Cli.Operator;

/// <summary>What a command says: words for a person, or one JSON document for a program; never both.</summary>
internal sealed class Answer(bool json)
{
    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        // It is read in terminals too, and never put into a page as it is.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly IAnsiConsole _screen = Cli.Screen.Create(toError: json);

    /// <summary>Where a person is asked; standard error when a program reads standard output.</summary>
    public IAnsiConsole Screen => _screen;

    public void Say(string line) => _screen.Verbatim(line);

    /// <param name="document">For a program.</param>
    /// <param name="words">For a person.</param>
    public void Give(object document, Action<IAnsiConsole> words)
    {
        if (json)
            Console.Out.WriteLine(JsonSerializer.Serialize(document, Form));
        else
            words(_screen);
    }
}
