using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace OpsMantik.Web;

/// <summary>Runs every check of the settings at once and words their faults for an operator.</summary>
internal static partial class SettingsCheck
{
    /// <exception cref="SettingsException">At least one setting is at fault.</exception>
    public static void Run(IConfiguration configuration, params IReadOnlyList<Action> checks)
    {
        // One fault a setting: what could not be read is also out of range.
        var faults = checks.SelectMany(check => FindFaults(check, configuration))
            .DistinctBy(fault => fault.Split(' ', ':')[0])
            .ToList();
        Refuse(faults);
    }

    /// <exception cref="SettingsException">There are faults.</exception>
    public static void Refuse(IReadOnlyList<string> faults)
    {
        if (faults.Count > 0)
            throw new SettingsException(faults);
    }

    private static IEnumerable<string> FindFaults(Action check, IConfiguration configuration)
    {
        try
        {
            check();
            return [];
        }
        catch (SettingsException exception)
        {
            return exception.Faults;
        }
        catch (Exception exception) when (exception is OptionsValidationException or AggregateException)
        {
            return Flatten(exception).Select(Rename);
        }
        catch (InvalidOperationException exception) when (Unbindable().Match(exception.Message) is { Success: true } match)
        {
            var key = match.Groups["key"].Value;
            var fault = $"{key.Replace(":", "__", StringComparison.Ordinal)} cannot be read as {match.Groups["type"].Value}";
            if (configuration[key] is null)
                return [fault];

            // The binder gives up at the first value it cannot read: without it, the next look finds what else is wrong.
            configuration[key] = null;
            return FindFaults(check, configuration).Prepend(fault);
        }
    }

    private static IEnumerable<string> Flatten(Exception exception) => exception switch
    {
        AggregateException several => several.InnerExceptions.SelectMany(Flatten),
        OptionsValidationException options => options.Failures,
        _ => [exception.Message],
    };

    // "UploadOptions" is bound to the section "Upload" by convention.
    private static string Rename(string failure) => Annotation().Match(failure) is { Success: true } match
        ? $"{match.Groups["section"].Value}__{match.Groups["member"].Value}: {match.Groups["error"].Value}"
        : failure;

    [GeneratedRegex("^DataAnnotation validation failed for '(?<section>\\w+)Options' members: '(?<member>\\w+)' "
        + "with the error: '(?<error>.*)'\\.$", RegexOptions.Singleline)]
    private static partial Regex Annotation();

    [GeneratedRegex("at '(?<key>[^']+)' to type '(?:System\\.)?(?<type>[^']+)'")]
    private static partial Regex Unbindable();
}

/// <summary>The app cannot start with these settings. Every fault names its setting as the environment spells it.</summary>
public sealed class SettingsException(params IReadOnlyList<string> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    /// <summary>One line each, without values.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;
}

/// <summary>Where the worker runs. Everything but the two named environments counts as production, an unset one too.</summary>
internal static class WorkerEnvironment
{
    public const string Setting = "AZURE_FUNCTIONS_ENVIRONMENT";

    public static bool IsDevelopment(IConfiguration configuration) => Is(configuration, "DEVELOPMENT");

    public static bool IsStaging(IConfiguration configuration) => Is(configuration, "STAGING");

    private static bool Is(IConfiguration configuration, string name) => configuration[Setting]?.ToUpperInvariant() == name;
}

/// <summary>The log levels of the settings: <c>Logging:LogLevel</c>, and each log's own.</summary>
internal static class LogLevels
{
    /// <summary>Takes out what is no level, with which no app could be built that says what else is wrong.</summary>
    /// <returns>One fault for each.</returns>
    public static IReadOnlyList<string> TakeFaults(IConfiguration configuration)
    {
        var logging = configuration.GetSection("Logging");
        var faulty = logging.GetChildren().Select(log => log.GetSection("LogLevel")).Prepend(logging.GetSection("LogLevel"))
            .SelectMany(levels => levels.GetChildren())
            .Where(level => !string.IsNullOrEmpty(level.Value) && !Enum.TryParse<LogLevel>(level.Value, true, out _))
            .Select(level => level.Path)
            .ToList();
        foreach (var path in faulty)
            configuration[path] = null;
        return
        [
            .. faulty.Select(path => $"{path.Replace(":", "__", StringComparison.Ordinal)} must be a log level: "
                + string.Join(", ", Enum.GetNames<LogLevel>())),
        ];
    }
}
