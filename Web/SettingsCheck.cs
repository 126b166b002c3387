using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using OpsMantik.Core;
using OpsMantik.Core.Alerts;
using OpsMantik.Core.Database;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Vault;

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

/// <summary>
/// What good settings allow although it is less safe than it could be. The log says it at start, <c>doctor</c> and the status page
/// whenever they are asked.
/// </summary>
/// <param name="Subject">In a word or two.</param>
/// <param name="Message">One line, without values that are secret.</param>
/// <param name="Fix">What to set instead.</param>
internal sealed record SettingsWarning(string Subject, string Message, string Fix)
{
    // As the driver of most programs reads them, whatever their case.
    private static readonly string[] ProxyVariables = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"];

    /// <param name="configuration">Without faults: what is faulty is not looked at.</param>
    public static IReadOnlyList<SettingsWarning> FindAll(IConfiguration configuration) =>
        [.. Tls(configuration), .. Hosts(configuration), .. Proxy(configuration), .. Alerts(configuration), .. Keys(configuration)];

    private static IEnumerable<SettingsWarning> Tls(IConfiguration configuration)
    {
        string? mode;
        try
        {
            mode = configuration.GetConnectionString("OpsMantik") is { Length: > 0 } text
                ? DatabaseSignIn.FindWeakMode(text, configuration[DatabaseSignIn.Setting.Replace("__", ":", StringComparison.Ordinal)])
                : null;
        }
        catch (ArgumentException)
        {
            yield break;
        }

        if (mode is not null)
        {
            yield return new SettingsWarning(
                "database tls",
                $"the connection string says SSL Mode={mode}: the database need not prove its name, so another server could take its place",
                "Take SSL Mode out of the connection string; if its certificate is of an own authority, add Root Certificate=<file>.");
        }
    }

    private static IEnumerable<SettingsWarning> Hosts(IConfiguration configuration)
    {
        if (bool.TryParse(configuration[$"{GoogleOptions.Section}:{nameof(GoogleOptions.AllowOtherHosts)}"], out var allowed) && allowed)
        {
            yield return new SettingsWarning(
                "google hosts",
                "Google__AllowOtherHosts is true: tokens and sales go to whatever hosts the addresses in the settings name",
                "Take Google__AllowOtherHosts out, unless this worker is to talk to an emulator or a gateway of yours.");
        }
    }

    private static IEnumerable<SettingsWarning> Proxy(IConfiguration configuration)
    {
        var variable = ProxyVariables.FirstOrDefault(name => !string.IsNullOrWhiteSpace(configuration[name]));
        if (variable is not null && string.IsNullOrEmpty(configuration[$"{GoogleOptions.Section}:{nameof(GoogleOptions.Proxy)}"]))
        {
            yield return new SettingsWarning(
                "google proxy",
                $"{variable} is set and not used: calls to Google go straight out",
                "If they must go through a proxy, name it in Google__Proxy.");
        }
    }

    private static IEnumerable<SettingsWarning> Alerts(IConfiguration configuration)
    {
        var setting = ((string[])[nameof(AlertOptions.WebhookUrl), nameof(AlertOptions.WebhookSecret)])
            .FirstOrDefault(name => KeyVaultReference.IsIn(configuration[$"{AlertOptions.Section}:{name}"]));
        if (setting is not null)
        {
            yield return new SettingsWarning(
                "alerts", $"nobody is told by webhook: {AlertOptions.Section}__{setting} {KeyVaultReference.Remedy}", "infra/secrets.sh makes what it names.");
        }
    }

    private static IEnumerable<SettingsWarning> Keys(IConfiguration configuration)
    {
        VaultKeyRing keys;
        try
        {
            keys = VaultKeyRing.Parse(configuration[VaultKeyRing.KeySetting], configuration[VaultKeyRing.PreviousKeysSetting]);
        }
        catch (VaultKeyException)
        {
            yield break;
        }

        const string Known = "a key that everybody knows (the published example, or one byte repeated)";
        if (keys.Current.IsWeak)
            yield return new SettingsWarning("vault key", $"{VaultKeyRing.KeySetting} is {Known}", "Make one with: openssl rand -base64 32");
        if (keys.WeakPrevious > 0)
        {
            yield return new SettingsWarning(
                "vault key",
                $"{VaultKeyRing.PreviousKeysSetting} holds {Known}: what it sealed is open to whoever has the database",
                "opsmantik credentials rotate-key, then take it out.");
        }
    }
}
