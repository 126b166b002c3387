using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.GoogleAds;

namespace OpsMantik.Cli.Operator;

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
