using System.CommandLine;

namespace OpsMantik.Cli.Operator;

internal static class ProviderOption
{
    public static Option<string> Create() => new("--provider")
    {
        Description = "provider_key of the rows.",
        DefaultValueFactory = _ => "google_ads",
    };
}
