using Microsoft.Extensions.Configuration;
using OpsMantik.Cli.Serve;
using OpsMantik.Core.Vault;
using OpsMantik.Web;
using OpsMantik.Web.Endpoints;

namespace OpsMantik.Cli.Doctor;

/// <summary>The worker's settings as this shell has them: the worker's own checks, without starting it.</summary>
internal static class SettingsChecks
{
    private const string Readme = "Set it as docs/settings.md says.";

    public static async Task<IReadOnlyList<CheckResult>> RunAsync(string? connectionString)
    {
        List<CheckResult> findings = [.. await FindFaultsAsync(connectionString)];
        if (findings.Count == 0)
            findings.Add(CheckResult.Ok("settings", "the worker would start with these"));
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        findings.AddRange(Keys(configuration));
        findings.Add(Cron(configuration));
        return findings;
    }

    private static async Task<IEnumerable<CheckResult>> FindFaultsAsync(string? connectionString)
    {
        try
        {
            await using var app = WorkerServer.Create(settings =>
            {
                // No command reads the file of settings, so what it says must not look well here.
                settings.Sources.Clear();
                settings.AddEnvironmentVariables();
                if (connectionString is not null)
                    settings.AddInMemoryCollection([KeyValuePair.Create("ConnectionStrings:OpsMantik", (string?)connectionString)]);
            });
            return [];
        }
        catch (SettingsException exception)
        {
            return exception.Faults.Select(fault => CheckResult.Fail("settings", fault, Readme));
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
            // Told above, with the setting.
            return [];
        }

        var older = (configuration[VaultKeyRing.PreviousKeysSetting] ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Length;
        return [CheckResult.Ok("vault key", $"{keys.Current.Fingerprint} seals; {older} older ones open")];
    }

    private static CheckResult Cron(IConfiguration configuration)
    {
        var gate = new CronSecretFilter(configuration);
        return gate.Fault is { } fault
            ? CheckResult.Warn("cron secret", $"{gate.Status}: the timers work, and every POST answers 403", fault)
            : CheckResult.Ok("cron secret", "set");
    }
}
