using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsMantik.Core;
using OpsMantik.Core.Alerts;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Vault;
using OpsMantik.Web;
using Spectre.Console;

namespace OpsMantik.Cli.Doctor;

/// <summary><c>opsmantik doctor</c>: checks everything that a worker needs, and says how to fix what fails.</summary>
internal static class DoctorCommand
{
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(10);

    public static Command Create(TimeProvider time)
    {
        var (database, json) = (DatabaseOption.Create(), JsonOption.Create());
        var site = SiteOption.Create("Also a site: its credentials, its account and its conversion action.");
        var provider = ProviderOption.Create();
        var command = new CommandWithExamples(
            "doctor",
            "Checks everything that a worker needs: settings, vault key, database (login, rights, schema, clock), and whether "
            + "Google answers from here; with --site also whether Google would take that site's sales. Changes nothing, prints no secret; each check ends within 10 seconds. Exit code 1 "
            + "when something fails.",
            "opsmantik doctor",
            "opsmantik doctor --site cafe.example",
            "opsmantik doctor --json")
        {
            database, site, provider, json,
        };
        command.SetAction((parsed, stopping) => ErrorReport.GuardAsync(async () =>
        {
            var results = await RunAsync(parsed.GetValue(database), time, stopping);
            if (parsed.GetValue(site) is { } named)
                results = [.. results, .. await SiteAsync(parsed.GetValue(database), named, parsed.GetValue(provider)!, stopping)];
            var output = new CommandOutput(parsed.GetValue(json));
            var ok = results.All(result => result.Status != CheckStatus.Fail);
            output.Write(
                new
                {
                    ok,
                    findings = results.Select(result => result.ToJson()),
                },
                console => Print(console, results));
            return ok ? ExitCodes.Success : ExitCodes.Failure;
        }, parsed));
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
            RunCheckAsync("settings", "", _ => SettingsChecks.RunAsync(connection), stopping),
            DatabaseAsync(connection, option is null ? DatabaseOption.Variable : "--database", time, stopping),
            PoolerAsync(connection, stopping),
            GoogleAsync(services, checks => checks.TokensAsync, "google tokens", stopping),
            GoogleAsync(services, checks => checks.AdsAsync, "google ads", stopping),
            GoogleAsync(services, checks => checks.DataManagerAsync, "data manager", stopping),
            AlertsAsync(connection, configuration, stopping));
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
        return RunCheckAsync(
            "database",
            Fix,
            token => new DatabaseChecks(Keys(), time).RunAsync(ConnectionText.Check(connection, source), token),
            stopping);
    }

    // Of a database that is not given, or does not answer, the check before speaks.
    private static async Task<IReadOnlyList<CheckResult>> PoolerAsync(string? connection, CancellationToken stopping)
    {
        if (string.IsNullOrWhiteSpace(connection))
            return [];
        return await RunCheckAsync(PoolerChecks.Name, PoolerChecks.Fix, async token =>
        {
            try
            {
                return await PoolerChecks.RunAsync(connection, token);
            }
            catch (Exception exception) when (exception is ArgumentException or FormatException || ErrorReport.Describe(exception) is not null)
            {
                return [];
            }
        }, stopping);
    }

    // Sends nothing: opsmantik alerts test does.
    private static Task<IReadOnlyList<CheckResult>> AlertsAsync(string? connection, IConfiguration configuration, CancellationToken stopping) =>
        string.IsNullOrWhiteSpace(connection) || configuration[$"{AlertOptions.Section}:{nameof(AlertOptions.WebhookUrl)}"] is not { Length: > 0 } url || KeyVaultReference.IsIn(url)
            ? Task.FromResult<IReadOnlyList<CheckResult>>([])
            : RunCheckAsync("alerts", "See the checks above.", async token =>
            {
                await using var services = OperatorServices.Create(await DatabaseIdentity.SignInAsync(connection, token));
                return await services.GetRequiredService<AlertStore>().FindFaultAsync(token) is { } fault
                    ? [CheckResult.Warn("alerts", fault, "opsmantik alerts test")]
                    : [CheckResult.Ok("alerts", "the receiver takes what it is sent")];
            }, stopping);

    // After the others: what they found explains why this one fails.
    private static Task<IReadOnlyList<CheckResult>> SiteAsync(
        string? option, string site, string providerKey, CancellationToken stopping) =>
        RunCheckAsync(SiteChecks.Name, "See the checks above.", async token =>
        {
            try
            {
                return await SiteChecks.RunAsync(DatabaseOption.Read(option), site, providerKey, token);
            }
            catch (Exception exception) when (exception is OptionsValidationException or InvalidOperationException or VaultKeyException)
            {
                return [CheckResult.Warn(SiteChecks.Name, "not looked at: see settings and vault key", null)];
            }
        }, stopping);

    private static Task<IReadOnlyList<CheckResult>> GoogleAsync(
        IServiceProvider services,
        Func<GoogleChecks, Func<CancellationToken, Task<IReadOnlyList<CheckResult>>>> run,
        string check,
        CancellationToken stopping) => RunCheckAsync(check, GoogleChecks.NetworkFix, async token =>
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

    // A check that fails, or does not end in time, is a result too.
    private static async Task<IReadOnlyList<CheckResult>> RunCheckAsync(
        string check, string fix, Func<CancellationToken, Task<IReadOnlyList<CheckResult>>> run, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(CheckTimeout);
        try
        {
            // Some clients ignore the token while they connect.
            return await run(limit.Token).WaitAsync(CheckTimeout, stopping);
        }
        catch (Exception exception) when (
            exception is TimeoutException or OperationCanceledException && !stopping.IsCancellationRequested)
        {
            var seconds = CheckTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            return [CheckResult.Fail(check, $"no answer within {seconds} s", fix)];
        }
        catch (Exception exception) when (ErrorReport.Describe(exception) is { } message)
        {
            return [CheckResult.Fail(check, message, fix)];
        }
    }

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

    private static void Print(IAnsiConsole console, IReadOnlyList<CheckResult> results)
    {
        CheckResult.Print(console, results);
        console.Verbatim(results.Any(result => result.Status == CheckStatus.Fail)
            ? "The worker cannot do all of its work."
            : "The worker can do its work.");
    }
}
