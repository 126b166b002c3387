using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.GoogleAds;
using Spectre.Console;

namespace OpsMantik.Cli;

/// <summary>Which provider a command is about: one that the worker has.</summary>
internal static class ProviderOption
{
    public static Option<string> Create()
    {
        var option = new Option<string>("--provider")
        {
            Description = "provider_key of the rows.",
            DefaultValueFactory = _ => "google_ads",
        };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 0)
                return;
            var known = Registered();
            if (result.Tokens.Any(token => !known.Contains(token.Value)))
                result.AddError($"--provider must be one of: {string.Join(", ", known)}");
        });
        return option;
    }

    // Without any settings: which providers there are hangs on none of them.
    private static List<string> Registered()
    {
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddLogging()
            .AddGoogleAds()
            .BuildServiceProvider();
        return [.. services.GetServices<IConversionProvider>().Select(provider => provider.Key)];
    }
}

internal static class JsonOption
{
    public static Option<bool> Create() =>
        new("--json") { Description = "Answer with one JSON document on standard output." };
}

/// <summary>Numbers of the command line within bounds.</summary>
internal static class Bounds
{
    /// <summary>A validator; <see cref="ValueFormats"/> refuses what is no number.</summary>
    public static Action<OptionResult> Validate(int least, int most) => result =>
    {
        if (result.Tokens is [{ Value: var text }]
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && (number < least || number > most))
        {
            result.AddError($"{result.IdentifierToken?.Value}: {least} to {most}.");
        }
    };
}

/// <summary>A change is made after a yes: typed, or given with <c>--yes</c>.</summary>
internal static class ConfirmationPrompt
{
    public static Option<bool> CreateOption() => new("--yes", "-y") { Description = "Do it without asking." };

    /// <exception cref="OperatorException">There is no terminal to ask on.</exception>
    public static bool Ask(CommandOutput output, bool yes, string question)
    {
        if (yes)
            return true;
        if (Console.IsInputRedirected)
            throw new OperatorException("Nothing was changed: there is nobody to ask. Give --yes to do it.");
        return output.Terminal.Confirm(question, defaultValue: false);
    }
}

/// <summary>What a command says: words for a person, or one JSON document for a program; never both.</summary>
internal sealed class CommandOutput(bool json)
{
    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        // It is read in terminals too, and never put into a page as it is.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly IAnsiConsole _screen = Cli.Terminal.Create(toError: json);

    /// <summary>Where a person is asked; standard error when a program reads standard output.</summary>
    public IAnsiConsole Terminal => _screen;

    public void WriteLine(string line) => _screen.Verbatim(line);

    /// <param name="document">For a program.</param>
    /// <param name="words">For a person.</param>
    public void Write(object document, Action<IAnsiConsole> words)
    {
        if (json)
            Console.Out.WriteLine(JsonSerializer.Serialize(document, Form));
        else
            words(_screen);
    }
}
