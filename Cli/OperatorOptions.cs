using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core;
using OpsMantik.Core.Providers;
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

    // Without any settings: the list of providers depends on none.
    private static List<string> Registered()
    {
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
            .AddLogging()
            .AddProviders()
            .BuildServiceProvider();
        return [.. services.GetServices<IConversionProvider>().Select(provider => provider.Key)];
    }
}

internal static class JsonOption
{
    public static Option<bool> Create() =>
        new("--json") { Description = "Answer with one JSON document on standard output." };
}

/// <summary>A change is made after a yes: typed, or given with <c>--yes</c>.</summary>
internal static class YesOption
{
    public static Option<bool> Create() => new("--yes", "-y") { Description = "Do it without asking." };

    /// <exception cref="OperatorException">There is no terminal to ask on.</exception>
    public static bool Confirm(CommandOutput output, bool yes, string question)
    {
        if (yes)
            return true;
        if (Console.IsInputRedirected)
            throw new OperatorException("Nothing was changed: there is nobody to ask. Give --yes to do it.");
        return output.Console.Confirm(question, defaultValue: false);
    }
}

/// <summary>Who is named in the audit: <c>--as</c>.</summary>
internal static class ActorOption
{
    private const int MaxLength = 100;

    public static Option<string> Create()
    {
        var option = new Option<string>("--as")
        {
            Description = "Your name in the audit.",
            DefaultValueFactory = _ => $"{Environment.UserName}@{Environment.MachineName}",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } name && (name.Trim().Length == 0 || name.Length > MaxLength))
                result.AddError($"--as: 1 to {MaxLength} characters.");
        });
        return option;
    }
}
