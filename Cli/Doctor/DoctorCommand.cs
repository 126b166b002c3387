using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsMantik.Cli.Help;
using OpsMantik.Cli.Operator;
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
            var findings = await LookAsync(parsed.GetValue(database), time, stopping);
            var answer = new Answer(parsed.GetValue(json));
            var ok = findings.All(finding => finding.Health != Health.Fail);
            answer.Give(
                new
                {
                    ok,
                    findings = findings.Select(finding => new
                    {
                        finding.Check,
                        state = Word(finding.Health),
                        finding.Said,
                        finding.Fix,
                    }),
                },
                screen => Print(screen, findings));
            return ok ? ExitCodes.Success : ExitCodes.Failure;
        }));
        return command;
    }

    private static async Task<IReadOnlyList<Finding>> LookAsync(
        string? option, TimeProvider time, CancellationToken stopping)
    {
        var connection = option ?? Environment.GetEnvironmentVariable(DatabaseOption.Variable);
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        await using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging()
            .AddGoogleAds()
            .BuildServiceProvider();
        IReadOnlyList<Finding>[] all = await Task.WhenAll(
            Look.TakeAsync("settings", "", _ => SettingsExam.LookAsync(connection), stopping),
            DatabaseAsync(connection, option is null ? DatabaseOption.Variable : "--database", time, stopping),
            GoogleAsync(services, exam => exam.TokensAsync, "google tokens", stopping),
            GoogleAsync(services, exam => exam.AdsAsync, "google ads", stopping),
            GoogleAsync(services, exam => exam.DataManagerAsync, "data manager", stopping));
        return [.. all.SelectMany(findings => findings)];
    }

    private static Task<IReadOnlyList<Finding>> DatabaseAsync(
        string? connection, string source, TimeProvider time, CancellationToken stopping)
    {
        if (string.IsNullOrWhiteSpace(connection))
        {
            return Task.FromResult<IReadOnlyList<Finding>>(
            [
                Finding.Fail(
                    "database", "none is given", $"Give --database <connection string>, or set {DatabaseOption.Variable}."),
            ]);
        }

        const string Fix = "Check host, port, login and password of the connection string, and that the server is up.";
        return Look.TakeAsync(
            "database",
            Fix,
            token => new DatabaseExam(Keys(), time).LookAsync(ConnectionText.Check(connection, source), token),
            stopping);
    }

    private static Task<IReadOnlyList<Finding>> GoogleAsync(
        IServiceProvider services,
        Func<GoogleExam, Func<CancellationToken, Task<IReadOnlyList<Finding>>>> look,
        string check,
        CancellationToken stopping) => Look.TakeAsync(check, GoogleExam.Way, async token =>
    {
        try
        {
            return await look(new GoogleExam(
                services.GetRequiredService<IHttpClientFactory>(),
                services.GetRequiredService<IOptions<GoogleAdsOptions>>(),
                services.GetRequiredService<IOptions<DataManagerOptions>>()))(token);
        }
        catch (Exception exception) when (exception is OptionsValidationException or InvalidOperationException)
        {
            return [Finding.Warn(check, "not looked at: see settings", null)];
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

    private static void Print(IAnsiConsole screen, IReadOnlyList<Finding> findings)
    {
        foreach (var finding in findings)
        {
            screen.Verbatim($"{Word(finding.Health),-5} {finding.Check,-14} {finding.Said}");
            if (finding.Fix is { Length: > 0 } fix)
                screen.Verbatim($"{"",20} fix: {fix}");
        }

        screen.Verbatim(findings.Any(finding => finding.Health == Health.Fail)
            ? "The worker cannot do all of its work."
            : "The worker can do its work.");
    }

    private static string Word(Health health) => health.ToString().ToLowerInvariant();
}
