using Microsoft.Extensions.Configuration;
using OpsMantik.Cli.Serve;
using OpsMantik.Core.Vault;
using OpsMantik.Web;
using OpsMantik.Web.Endpoints;

namespace OpsMantik.Cli.Doctor;

/// <summary>The worker's settings as this shell has them: the worker's own checks, without starting it.</summary>
internal static class SettingsChecks
{
    private const string Fix = "Set it as docs/settings.md says.";

    public static async Task<IReadOnlyList<CheckResult>> RunAsync(string? connectionString)
    {
        List<CheckResult> results = [.. await FindFaultsAsync(connectionString)];
        if (results.Count == 0)
            results.Add(CheckResult.Ok("settings", "the worker would start with these"));
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        results.AddRange(Keys(configuration));
        results.AddRange(Secrets(new AccessSecrets(configuration)));
        results.AddRange(Warnings(configuration, connectionString));
        return results;
    }

    private static async Task<IEnumerable<CheckResult>> FindFaultsAsync(string? connectionString)
    {
        try
        {
            await using var app = WorkerServer.Create(settings =>
            {
                // No command reads the settings file, so it must not hide here what the environment lacks.
                settings.Sources.Clear();
                settings.AddEnvironmentVariables();
                if (connectionString is not null)
                    settings.AddInMemoryCollection([KeyValuePair.Create("ConnectionStrings:OpsMantik", (string?)connectionString)]);
            });
            return [];
        }
        catch (SettingsException exception)
        {
            return exception.Faults.Select(fault => CheckResult.Fail("settings", fault, Fix));
        }
    }

    private static IEnumerable<CheckResult> Keys(IConfiguration configuration)
    {
        VaultKeyRing keys;
        try
        {
            keys = VaultKeyRing.Parse(
                configuration[VaultKeyRing.KeySetting], configuration[VaultKeyRing.PreviousKeysSetting]);
        }
        catch (VaultKeyException)
        {
            // Reported above, with the setting.
            return [];
        }

        var older = (configuration[VaultKeyRing.PreviousKeysSetting] ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Length;
        return [CheckResult.Ok("vault key", $"{keys.Current.Fingerprint} seals; {older} older ones open")];
    }

    private static IEnumerable<CheckResult> Warnings(IConfiguration configuration, string? connectionString)
    {
        var asked = new ConfigurationBuilder().AddConfiguration(configuration)
            .AddInMemoryCollection([KeyValuePair.Create("ConnectionStrings:OpsMantik", connectionString)])
            .Build();
        return SettingsWarning.FindAll(asked).Select(warning => CheckResult.Warn(warning.Subject, warning.Message, warning.Fix));
    }

    private static IEnumerable<CheckResult> Secrets(AccessSecrets secrets)
    {
        yield return secrets.Cron.Fault is { } locked
            ? CheckResult.Warn("cron secret", $"{secrets.Cron.State}: the timers work, and every POST answers 403", locked)
            : CheckResult.Ok("cron secret", "set");
        if (secrets.Status.IsSet)
            yield return secrets.Status.Fault is { } useless
                ? CheckResult.Warn("status secret", $"{secrets.Status.State}: it opens nothing", useless)
                : CheckResult.Ok("status secret", "set");
    }
}
