using Microsoft.Extensions.Configuration;
using OpsMantik.Web;

namespace OpsMantik.Cli.Serve;

/// <summary>
/// Functions that an operator switched off by <c>AzureWebJobs.&lt;Function&gt;.Disabled</c>. Under the Functions host that is
/// the host's to read; here it means the same.
/// </summary>
internal sealed class FunctionSwitches(IConfiguration configuration)
{
    public bool IsOff(string function) => Keys(function).Any(key => Read(configuration[key]) == true);

    /// <summary>Switches that are neither on nor off: a function that runs although someone meant to stop it.</summary>
    public static IReadOnlyList<string> FindFaults(IConfiguration configuration) =>
    [
        .. FunctionNames.All.SelectMany(Keys)
            .Where(key => Read(configuration[key]) is null)
            .Select(key => $"{key.Replace(":", "__", StringComparison.Ordinal)} must be true or false"),
    ];

    // A variable's name may not hold dots on every system: there it is AzureWebJobs__<Function>__Disabled.
    private static IEnumerable<string> Keys(string function) =>
        [$"AzureWebJobs.{function}.Disabled", $"AzureWebJobs:{function}:Disabled"];

    private static bool? Read(string? value) => value?.Trim().ToUpperInvariant() switch
    {
        "1" or "TRUE" => true,
        null or "" or "0" or "FALSE" => false,
        _ => null,
    };
}
