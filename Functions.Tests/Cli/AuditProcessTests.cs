using System.Text.Json;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Cli;

internal sealed class AuditProcessTests : Scenario
{
    [Test]
    public async Task Every_change_by_hand_says_who_when_what_and_how_many()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 2, "failed", "FAILED");
        var folder = Directory.CreateTempSubdirectory("audit");
        try
        {
            var sales = Path.Combine(folder.FullName, "sales.csv");
            await File.WriteAllTextAsync(
                sales,
                "site_id,external_ref,click_kind,click_id,occurred_at,amount,currency\n"
                + $"{site},a-1,gclid,Cj0K,2026-11-20T10:00:00+03:00,12.50,TRY\n");
            var credentials = Path.Combine(folder.FullName, "credentials.json");
            await File.WriteAllTextAsync(credentials, JsonSerializer.Serialize(QueueSeed.Credentials("0000000001")));

            await DoAsync("requeue", "--site", $"{site}", "--yes");
            await DoAsync("enqueue", "--file", sales, "--yes");
            await DoAsync("upload", "run");
            await DoAsync("recover", "run");
            await DoAsync("confirm", "run");
            await DoAsync("credentials", "set", "--site", $"{site}", "--file", credentials);
            foreach (var move in new[] { "open", "close", "isolate" })
                await DoAsync("circuit", move, "--site", $"{site}");
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Assert.That(
            await Database.ScalarAsync<string[]>("select array_agg(action || ':' || row_count order by id) from operator_audit"),
            Is.EqualTo((string[])
            [
                "requeue:2", "enqueue:1", "upload run:3", "recover run:0", "confirm run:0", "credentials set:1",
                "circuit open:1", "circuit close:0", "circuit isolate:1",
            ]));
        Assert.That(
            await Database.ScalarAsync<bool>(
                "select bool_and(actor = 'ops@example' and created_at > now() - interval '10 minutes') from operator_audit"),
            Is.True);
        Assert.That(
            await Database.ScalarAsync<string>("select string_agg(distinct concat_ws(' ', login, host(client_address)), ',') from operator_audit"),
            Is.EqualTo("opsmantik_cli 127.0.0.1"));

        async Task DoAsync(params string[] arguments)
        {
            var (exitCode, output, error) = await CliProcess.RunAsync(
                Database.OperatorConnectionString, [.. arguments, "--as", "ops@example"], Worker.Settings(Google));
            Assert.That(exitCode, Is.Zero, string.Join(' ', arguments) + output + error);
        }
    }

    [Test]
    public async Task A_migration_is_on_record_too()
    {
        await using var empty = await TestDatabase.CreateEmptyAsync();

        var (exitCode, output, error) = await CliProcess.RunAsync(
            empty.AdminConnectionString, ["migrate", "--json", "--as", "ops@example"]);

        Assert.That(exitCode, Is.Zero, error);
        using var json = JsonDocument.Parse(output);
        Assert.That(
            await empty.ScalarAsync<string>("select actor || '|' || action || '|' || row_count from operator_audit"),
            Is.EqualTo($"ops@example|migrate|{json.RootElement.GetProperty("applied").GetArrayLength()}"));
    }

    [Test]
    public async Task Each_way_to_change_a_line_is_shut_for_everyone()
    {
        await Database.ExecuteAsync("insert into operator_audit (actor, action, row_count) values ('ops', 'test', 1)");
        await using var operators = Npgsql.NpgsqlDataSource.Create(Database.OperatorConnectionString);

        foreach (var sql in new[] { "update operator_audit set actor = 'x'", "delete from operator_audit", "truncate operator_audit" })
        {
            await using var command = operators.CreateCommand(sql);
            Assert.That(async () => await command.ExecuteNonQueryAsync(), Throws.TypeOf<Npgsql.PostgresException>(), sql);
            Assert.That(
                async () => await Database.ExecuteAsync(sql),
                Throws.TypeOf<Npgsql.PostgresException>().With.Message.Contains("append-only"), $"a superuser's {sql}");
        }
    }

    /// <summary>Also for whoever owns the table, and in a function that runs with its owner's rights.</summary>
    [Test]
    public async Task Who_when_and_from_where_is_the_databases_word_and_not_the_callers()
    {
        const string Lie =
            """
            insert into operator_audit (actor, action, row_count, created_at, login, client_address)
            values ('ops', 'lie', 1, '2020-01-01', 'somebody', '203.0.113.9')
            """;
        var sale = await Database.ScalarAsync<Guid>(
            "select sale_id from offline_conversion_queue where id = $1", (await Database.EnqueueAsync(await AddSiteAsync(1)))[0]);
        await using var operators = Npgsql.NpgsqlDataSource.Create(Database.OperatorConnectionString);
        await using (var lie = operators.CreateCommand(Lie))
            await lie.ExecuteNonQueryAsync();
        await using (var change = operators.CreateCommand($"select change_sale('{sale}', 5, 'TRY', 'ops')"))
            await change.ExecuteNonQueryAsync();
        await Database.ExecuteAsync(Lie);

        Assert.That(
            await Database.ScalarAsync<string[]>(
                """
                select array_agg(concat_ws(' ', action, login, host(client_address), created_at > now() - interval '1 minute') order by id)
                from operator_audit
                """),
            Is.EqualTo((string[])["lie opsmantik_cli 127.0.0.1 t", "sale restate opsmantik_cli 127.0.0.1 t", "lie postgres 127.0.0.1 t"]));
    }

    [Test]
    public async Task The_ledger_is_its_owners_to_trim_and_nobody_elses()
    {
        var site = await AddSiteAsync(1);
        await Database.ExecuteAsync(
            "insert into provider_upload_attempts (site_id, provider_key, batch_id, phase) values ($1, 'google_ads', 'b', 'STARTED')", site);
        await Database.ExecuteAsync("grant update, delete, truncate on provider_upload_attempts to opsmantik_operator");
        await using var operators = Npgsql.NpgsqlDataSource.Create(Database.OperatorConnectionString);

        foreach (var sql in new[] { "update provider_upload_attempts set batch_id = 'x'", "delete from provider_upload_attempts", "truncate provider_upload_attempts" })
        {
            await using var command = operators.CreateCommand(sql);
            Assert.That(
                async () => await command.ExecuteNonQueryAsync(),
                Throws.TypeOf<Npgsql.PostgresException>().With.Message.Contains("provider_upload_attempts is append-only"), sql);
        }

        Assert.That(await Database.ExecuteAsync("delete from provider_upload_attempts"), Is.EqualTo(1), "its owner's");
    }

    [TestCase("upload", "run")]
    [TestCase("recover", "run")]
    [TestCase("confirm", "run")]
    [TestCase("requeue", "--all-sites", "--yes")]
    [TestCase("circuit", "isolate", "--site", "11111111-1111-1111-1111-111111111111")]
    [TestCase("sale", "cancel", "11111111-1111-1111-1111-111111111111", "--yes")]
    [TestCase("credentials", "rotate-key")]
    public async Task The_workers_login_is_told_what_it_lacks_and_does_nothing(params string[] arguments)
    {
        await Database.EnqueueAsync(await AddSiteAsync(1), 2, "failed", "FAILED");
        var settings = Worker.Settings(Google);
        settings["OPSMANTIK_VAULT_PREVIOUS_KEYS"] = settings["OPSMANTIK_VAULT_KEY"];
        settings["OPSMANTIK_VAULT_KEY"] = Convert.ToBase64String("CANARY-another-key-of-32-bytes-1"u8);

        var (exitCode, output, error) = await CliProcess.RunAsync(Database.WorkerConnectionString, arguments, settings);

        Assert.That(exitCode, Is.EqualTo(2), output + error);
        Assert.That(error, Does.Contain("the login needs the role opsmantik_operator: grant opsmantik_operator to <login>"));
        Assert.That(await Database.ScalarAsync<long>("select count(*) from operator_audit"), Is.Zero);
        Assert.That(await Database.ScalarAsync<long>("select count(*) from worker_ticks"), Is.Zero, "no run was made");
        Assert.That(await Database.ScalarAsync<string>("select string_agg(distinct status, ',') from offline_conversion_queue"), Is.EqualTo("FAILED"));
    }
}
