using System.Text.Json;
using Npgsql;
using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator.GoogleAds;

namespace OpsMantik.Functions.Tests.Cli;

internal sealed class DoctorProcessTests : Scenario
{
    [Test]
    public async Task A_healthy_worker_is_called_so_and_no_secret_is_printed()
    {
        await AddSiteAsync(1);

        var (exitCode, output, error) = await DoctorAsync(Database.WorkerConnectionString, Settings());

        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(
            output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[..^1].Select(line => line[..20].TrimEnd()),
            Is.EqualTo((string[])
            [
                "ok    settings", "ok    vault key", "ok    cron secret", "ok    database", "ok    role", "ok    rights",
                "ok    schema", "ok    credentials", "ok    clocks", "ok    pooler", "ok    google tokens", "ok    google ads",
                "ok    data manager",
            ]),
            output);
        Assert.That(output, Does.EndWith("The worker can do its work.\n"));
        Canary.AssertAbsent("the doctor's words", [output, error]);
    }

    [Test]
    public async Task A_sites_account_is_checked_with_the_rest()
    {
        var (site, revoked) = (await AddSiteAsync(1), await AddSiteAsync(2, "CANARY-revoked"));
        Google.SetAccount(CustomerId(1), new AdsAccount { AutoTagging = false, Actions = [] });

        var (exitCode, output, error) = await DoctorAsync(
            Database.WorkerConnectionString, Settings(), "--json", "--site", $"{site}");
        var refused = await DoctorAsync(Database.WorkerConnectionString, Settings(), "--site", $"{revoked}");
        var none = await DoctorAsync(
            Database.WorkerConnectionString, Settings(), "--site", $"{await Database.AddSiteAsync()}");

        Assert.That((exitCode, refused.ExitCode, none.ExitCode), Is.EqualTo((1, 1, 1)), output + error);
        var findings = Findings(output);
        Assert.That(findings["site access"], Does.StartWith("ok|"));
        Assert.That(findings["action"], Does.StartWith("fail|the account has no conversion action 456."));
        Assert.That(findings["auto-tagging"], Does.StartWith("fail|off"));
        Assert.That(refused.Output, Does.Contain("fail  site access    INVALID_GRANT: "));
        Assert.That(none.Output, Does.Contain("opsmantik credentials connect --site"));
        Canary.AssertAbsent("the doctor's words", [output, error, refused.Output, refused.Error, none.Output]);
    }

    [Test]
    public async Task Everything_that_is_wrong_is_named_with_its_fix()
    {
        await AddSiteAsync(1);
        await Database.ExecuteAsync("delete from opsmantik_migrations where scriptname like '%0006%'");
        await Database.ExecuteAsync("revoke select on sites from service_role");
        await Database.ExecuteAsync("grant delete on operator_audit to service_role");
        var settings = Settings();
        settings["OPSMANTIK_VAULT_KEY"] = Convert.ToBase64String("CANARY-another-key-of-32-bytes-1"u8);
        settings["CRON_SECRET"] = null;
        settings["GoogleAds:ApiVersion"] = "v17";
        settings["DataManager:BaseAddress"] = "http://127.0.0.1:1/";
        settings["Upload:MaxParallelGroups"] = "9999";

        var (exitCode, output, error) = await DoctorAsync(Database.WorkerConnectionString, settings, "--json");

        Assert.That(exitCode, Is.EqualTo(1), output + error);
        var findings = Findings(output);
        Assert.That(findings["settings"], Does.StartWith("fail|Upload__MaxParallelGroups"));
        Assert.That(findings["cron secret"], Does.StartWith("warn|missing"));
        Assert.That(findings["rights"], Does.StartWith("fail|missing: service_role needs SELECT on sites|opsmantik migrate"));
        Assert.That(output, Does.Contain("open: service_role has, and should not have DELETE on operator_audit"));
        Assert.That(findings["schema"], Does.StartWith("fail|").And.Contain("opsmantik migrate"));
        Assert.That(findings["credentials"], Does.StartWith("fail|1 of 1").And.Contain("OPSMANTIK_VAULT_PREVIOUS_KEYS"));
        Assert.That(findings["google ads"], Does.StartWith("fail|").And.Contain("v17").And.Contain("GoogleAds__ApiVersion"));
        Assert.That(findings["data manager"], Does.StartWith("fail|no connection"));
        Assert.That(findings["google tokens"], Does.StartWith("ok|"));
        Canary.AssertAbsent("the doctor's words", [output, error]);
    }

    [Test]
    public async Task What_is_open_to_a_web_role_is_named_and_a_migration_closes_it()
    {
        await Database.ExecuteAsync("do $$ begin create role anon nologin; exception when duplicate_object or unique_violation then null; end $$");
        await Database.ExecuteAsync("grant select (gclid), insert on offline_conversion_queue to anon");
        await Database.ExecuteAsync("grant execute on function find_sale(uuid) to public");

        var open = await DoctorAsync(Database.WorkerConnectionString, Settings(), "--json");
        var migrated = await CliProcess.RunAsync(Database.AdminConnectionString, ["migrate"]);
        var closed = await DoctorAsync(Database.WorkerConnectionString, Settings(), "--json");

        Assert.That(open.ExitCode, Is.EqualTo(1), open.Output + open.Error);
        Assert.That(
            open.Output,
            Does.Contain("open: anon has, and should not have INSERT, SELECT (gclid) on offline_conversion_queue")
                .And.Contain("open: public has, and should not have EXECUTE on find_sale(p_sale_id uuid)"));
        Assert.That(Findings(open.Output)["rights"], Does.Contain("opsmantik migrate"));
        Assert.That(migrated.Output, Does.Contain("rights: anon has no more INSERT, SELECT (gclid) on offline_conversion_queue"));
        Assert.That(Findings(closed.Output)["rights"], Does.StartWith("ok|"), closed.Output);
    }

    [Test]
    public async Task A_schema_in_which_every_login_may_create_is_warned_of()
    {
        await AddSiteAsync(1);
        await Database.ExecuteAsync("grant create on schema public to public");

        var (exitCode, output, error) = await DoctorAsync(Database.WorkerConnectionString, Settings(), "--json");

        Assert.That(exitCode, Is.Zero, output + error);
        Assert.That(Findings(output)["schema rights"], Does.StartWith("warn|").And.EndWith("revoke create on schema public from public;"));
    }

    [Test]
    public async Task An_older_key_and_a_login_that_may_too_much_are_warnings()
    {
        await AddSiteAsync(1);
        var settings = Settings();
        settings["OPSMANTIK_VAULT_PREVIOUS_KEYS"] = Worker.VaultKey;
        settings["OPSMANTIK_VAULT_KEY"] = Convert.ToBase64String("CANARY-another-key-of-32-bytes-1"u8);

        var (exitCode, output, error) = await DoctorAsync(Database.AdminConnectionString, settings, "--json");

        Assert.That(exitCode, Is.Zero, output + error);
        var findings = Findings(output);
        Assert.That(findings["role"], Does.StartWith("warn|"));
        Assert.That(findings["credentials"], Does.StartWith("warn|1 of 1").And.Contain("rotate-key"));
    }

    [Test]
    public async Task What_is_less_safe_than_it_could_be_is_a_warning_each()
    {
        await AddSiteAsync(1);
        var settings = Worker.Settings(Google);
        settings["CRON_SECRET"] = HostedWorker.StrongSecret;
        settings["HTTPS_PROXY"] = "http://CANARY-login@127.0.0.1:1";
        settings["OPSMANTIK_VAULT_PREVIOUS_KEYS"] = Convert.ToBase64String(new byte[32]);

        var (exitCode, output, error) = await DoctorAsync(Database.WorkerConnectionString, settings, "--json");

        Assert.That(exitCode, Is.Zero, output + error);
        var findings = Findings(output);
        Assert.That(findings["google hosts"], Does.StartWith("warn|Google__AllowOtherHosts is true"));
        Assert.That(findings["google proxy"], Does.StartWith("warn|HTTPS_PROXY is set and not used").And.Contain("Google__Proxy"));
        Assert.That(output, Does.Contain("OPSMANTIK_VAULT_PREVIOUS_KEYS holds a key that everybody knows"));
        Assert.That(findings, Does.Not.ContainKey("database tls"), "it is on this machine");
        Canary.AssertAbsent("the doctor's words", [output, error]);
    }

    [Test]
    public async Task Without_a_database_it_still_looks_at_everything_else()
    {
        var wrong = new NpgsqlConnectionStringBuilder(Database.WorkerConnectionString) { Password = "CANARY-wrong", Timeout = 5 };

        var away = await DoctorAsync(wrong.ConnectionString, Settings(), "--json");
        var none = await DoctorAsync(null, Settings(), "--json");

        foreach (var (exitCode, output, error) in new[] { away, none })
        {
            Assert.That(exitCode, Is.EqualTo(1), output + error);
            Assert.That(Findings(output)["database"], Does.StartWith("fail|"));
            Assert.That(Findings(output)["google ads"], Does.StartWith("ok|"));
            Canary.AssertAbsent("the doctor's words", [output, error]);
        }

        Assert.That(Findings(away.Output)["database"], Does.EndWith("that the server is up."));
        Assert.That(
            Findings(none.Output)["database"],
            Is.EqualTo("fail|none is given|Give --database <connection string>, or set ConnectionStrings__OpsMantik."));
    }

    [Test]
    public async Task A_log_level_that_does_not_exist_is_a_finding()
    {
        var settings = Settings();
        settings["Logging:LogLevel:Default"] = "Nonsense";

        var (exitCode, output, error) = await DoctorAsync(Database.WorkerConnectionString, settings, "--json");

        Assert.That(exitCode, Is.EqualTo(1), output + error);
        Assert.That(Findings(output)["settings"], Does.StartWith("fail|Logging__LogLevel__Default must be a log level: "));
        Assert.That(error, Is.Empty);
    }

    [Test]
    public async Task A_file_of_settings_in_the_working_folder_is_not_looked_at()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var key = Convert.ToBase64String("CANARY-another-key-of-32-bytes-1"u8);
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, "local.settings.json"),
                $$$"""{"Values":{"OPSMANTIK_VAULT_KEY":"{{{key}}}"}}""");
            var settings = Settings();
            settings.Remove("OPSMANTIK_VAULT_KEY");

            var (exitCode, output, error) = await CliProcess.RunAsync(
                Database.WorkerConnectionString, ["doctor", "--json"], settings, folder.FullName);

            Assert.That(exitCode, Is.EqualTo(1), output + error);
            Assert.That(Findings(output)["settings"], Does.StartWith("fail|OPSMANTIK_VAULT_KEY is missing"));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Status, text and fix of each check, with bars between.</summary>
    internal static Dictionary<string, string> Findings(string output)
    {
        using var json = JsonDocument.Parse(output);
        return json.RootElement.GetProperty("findings").EnumerateArray()
            .GroupBy(finding => finding.GetProperty("check").GetString()!)
            .ToDictionary(group => group.Key, group => string.Join("|",
                group.First().GetProperty("state").GetString(),
                group.First().GetProperty("said").GetString(),
                group.First().GetProperty("fix").GetString()));
    }

    private Dictionary<string, string?> Settings()
    {
        var settings = Worker.Settings(Google);
        settings["CRON_SECRET"] = HostedWorker.StrongSecret;
        // Where the emulator needs no switch, of which it would warn.
        settings.Remove("Google:AllowOtherHosts");
        settings["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development";
        return settings;
    }

    private static Task<(int ExitCode, string Output, string Error)> DoctorAsync(
        string? database, Dictionary<string, string?> settings, params string[] more) =>
        CliProcess.RunAsync(database, ["doctor", .. more], settings);
}
