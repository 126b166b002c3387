using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Vault;
using Spectre.Console;

namespace OpsMantik.Cli.Doctor;

/// <summary><c>opsmantik doctor</c>: everything a worker stands on, each with its fix.</summary>
internal static class DoctorCommand
{
    public static Command Create(TimeProvider time)
    {
        var (database, json) = (DatabaseOption.Create(), JsonOption.Create());
        var command = new CommandWithExamples(
            "doctor",
            "Looks at all that a worker stands on: settings, vault key, database (login, rights, schema, clock), and whether "
            + "Google answers from here. Changes nothing, prints no secret; every look ends within 10 seconds. Exit code 1 "
            + "when something fails.",
            "opsmantik doctor",
            "opsmantik doctor --json")
        {
            database, json,
        };
        command.SetAction((parsed, stopping) => ErrorReport.GuardAsync(async () =>
        {
            var results = await RunAsync(parsed.GetValue(database), time, stopping);
            var output = new CommandOutput(parsed.GetValue(json));
            var ok = results.All(result => result.Status != CheckStatus.Fail);
            output.Write(
                new
                {
                    ok,
                    findings = results.Select(result => new
                    {
                        result.Check,
                        state = Word(result.Status),
                        result.Said,
                        result.Fix,
                    }),
                },
                screen => Print(screen, results));
            return ok ? ExitCodes.Success : ExitCodes.Failure;
        }));
        return command;
    }

    private static async Task<IReadOnlyList<CheckResult>> RunAsync(
        string? option, TimeProvider time, CancellationToken stopping)
    {
        var connection = option ?? Environment.GetEnvironmentVariable(DatabaseOption.Variable);
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging()
            .AddGoogleAds()
            .BuildServiceProvider();
        IReadOnlyList<CheckResult>[] all = await Task.WhenAll(
            CheckRunner.RunAsync("settings", "", _ => SettingsChecks.RunAsync(connection), stopping),
            DatabaseAsync(connection, option is null ? DatabaseOption.Variable : "--database", time, stopping),
            GoogleAsync(services, checks => checks.TokensAsync, "google tokens", stopping),
            GoogleAsync(services, checks => checks.AdsAsync, "google ads", stopping),
            GoogleAsync(services, checks => checks.DataManagerAsync, "data manager", stopping));
        return [.. all.SelectMany(results => results)];
    }

    private static Task<IReadOnlyList<CheckResult>> DatabaseAsync(
        string? connection, string source, TimeProvider time, CancellationToken stopping)
    {
        if (string.IsNullOrWhiteSpace(connection))
        {
            return Task.FromResult<IReadOnlyList<CheckResult>>(
            [
                CheckResult.Fail(
                    "database", "none is given", $"Give --database <connection string>, or set {DatabaseOption.Variable}."),
            ]);
        }

        const string Fix = "Check host, port, login and password of the connection string, and that the server is up.";
        return CheckRunner.RunAsync(
            "database",
            Fix,
            token => new DatabaseChecks(Keys(), time).RunAsync(ConnectionText.Check(connection, source), token),
            stopping);
    }

    private static Task<IReadOnlyList<CheckResult>> GoogleAsync(
        IServiceProvider services,
        Func<GoogleChecks, Func<CancellationToken, Task<IReadOnlyList<CheckResult>>>> run,
        string check,
        CancellationToken stopping) => CheckRunner.RunAsync(check, GoogleChecks.Way, async token =>
    {
        try
        {
            return await run(new GoogleChecks(
                services.GetRequiredService<IHttpClientFactory>(),
                services.GetRequiredService<IOptions<GoogleAdsOptions>>(),
                services.GetRequiredService<IOptions<DataManagerOptions>>()))(token);
        }
        catch (Exception exception) when (exception is OptionsValidationException or InvalidOperationException)
        {
            return [CheckResult.Warn(check, "not looked at: see settings", null)];
        }
    }, stopping);

    private static VaultKeyRing? Keys()
    {
        try
        {
            return VaultKeyRing.Parse(
                Environment.GetEnvironmentVariable(VaultKeyRing.KeySetting),
                Environment.GetEnvironmentVariable(VaultKeyRing.PreviousKeysSetting));
        }
        catch (VaultKeyException)
        {
            return null;
        }
    }

    private static void Print(IAnsiConsole screen, IReadOnlyList<CheckResult> results)
    {
        foreach (var result in results)
        {
            screen.Verbatim($"{Word(result.Status),-5} {result.Check,-14} {result.Said}");
            if (result.Fix is { Length: > 0 } fix)
                screen.Verbatim($"{"",20} fix: {fix}");
        }

        screen.Verbatim(results.Any(result => result.Status == CheckStatus.Fail)
            ? "The worker cannot do all of its work."
            : "The worker can do its work.");
    }

    private static string Word(CheckStatus health) => health.ToString().ToLowerInvariant();
}
