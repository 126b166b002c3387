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

        async Task DoAsync(params string[] arguments)
        {
            var (exitCode, output, error) = await CliProcess.RunAsync(
                Database.WorkerConnectionString, [.. arguments, "--as", "ops@example"], Worker.Settings(Google));
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
        await using var worker = Npgsql.NpgsqlDataSource.Create(Database.WorkerConnectionString);

        foreach (var sql in new[] { "update operator_audit set actor = 'x'", "delete from operator_audit", "truncate operator_audit" })
        {
            await using var command = worker.CreateCommand(sql);
            Assert.That(async () => await command.ExecuteNonQueryAsync(), Throws.TypeOf<Npgsql.PostgresException>(), sql);
            Assert.That(
                async () => await Database.ExecuteAsync(sql),
                Throws.TypeOf<Npgsql.PostgresException>().With.Message.Contains("append-only"), $"a superuser's {sql}");
        }
    }
}
