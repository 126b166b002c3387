using System.Text.Json;
using Npgsql;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Cli;

public class MigrateProcessTests
{
    [Test]
    public async Task Migrate_names_what_it_applied_and_then_finds_nothing_to_do()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();

        var first = await CliProcess.RunAsync(database.AdminConnectionString, ["migrate"]);
        var second = await CliProcess.RunAsync("migrate", "--database", database.AdminConnectionString);

        Assert.That(first.ExitCode, Is.Zero, first.Error);
        Assert.That(first.Output, Does.Contain("applied 0001_application.sql").And.Contain("applied index offline_conversion_queue_due_idx").And.Contain("steps applied"));
        Assert.That(second.ExitCode, Is.Zero, second.Error);
        Assert.That(second.Output, Does.Contain("up to date").And.Not.Contain("applied"));
        Assert.That(await database.ScalarAsync<int>("select count(*)::int from offline_conversion_queue"), Is.Zero);
    }

    [Test]
    public async Task A_database_that_cannot_be_migrated_is_refused_with_the_reason_and_ends_in_1()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await database.ExecuteAsync("create view sites as select 1 as id");

        var (exitCode, _, error) = await CliProcess.RunAsync("migrate", "--database", database.AdminConnectionString);

        Assert.That(exitCode, Is.EqualTo(1), error);
        Assert.That(error, Is.EqualTo("Nothing was migrated: sites is no table.\nNext: opsmantik migrate --plan\n"));
    }

    [TestCase(false, "may not create in the schema public")]
    [TestCase(true, "table opsmantik_migrations of postgres, of which login opsmantik_worker is no member")]
    public async Task A_login_that_may_not_alter_the_schema_is_told_to_give_another(bool migrated, string expected)
    {
        await using var database = migrated ? await TestDatabase.CreateAsync() : await TestDatabase.CreateEmptyAsync();

        var (exitCode, _, error) = await CliProcess.RunAsync(database.WorkerConnectionString, ["migrate"]);

        Assert.That(exitCode, Is.EqualTo(1), error);
        Assert.That(error, Does.StartWith("Nothing was migrated: ").And.Contain(expected).And.Contain(": use one that may alter the schema"));
        Assert.That(error.Trim().Split('\n'), Has.Length.EqualTo(2), error);
    }

    [Test]
    public async Task A_plan_prints_the_steps_and_changes_nothing()
    {
        await using var database = await TestDatabase.CreateNewerShapeAsync();

        var plan = await CliProcess.RunAsync(database.AdminConnectionString, ["migrate", "--plan"]);
        var json = await CliProcess.RunAsync(database.AdminConnectionString, ["migrate", "--plan", "--json"]);

        Assert.That(plan.ExitCode, Is.Zero, plan.Error);
        Assert.That(
            plan.Output,
            Does.Contain("note: trigger queue_status_guard of table offline_conversion_queue refuses the column status to go from PROCESSING to SUBMITTED")
                .And.Contain("   1  alter table public.sales add column external_ref text; ACCESS EXCLUSIVE on sales")
                .And.Contain("index offline_conversion_queue_due_idx (by itself, beside readers and writers)")
                .And.EndsWith(": nothing was changed\n"));
        using var read = JsonDocument.Parse(json.Output);
        Assert.That(
            read.RootElement.GetProperty("steps").EnumerateArray().SelectMany(step => step.GetProperty("statements").EnumerateArray())
                .Select(statement => statement.GetProperty("sql").GetString()),
            Has.Some.StartsWith("create or replace function public.correct_sale"));
        Assert.That(await database.ScalarAsync<bool>("select to_regclass('public.opsmantik_migrations') is null"), Is.True);
    }

    [TestCase("status")]
    [TestCase("recover run")]
    public async Task A_database_without_the_schema_is_to_be_migrated_first(string command)
    {
        await using var database = await TestDatabase.CreateEmptyAsync();

        var (exitCode, _, error) = await CliProcess.RunAsync(database.AdminConnectionString, command.Split(' '));

        Assert.That(exitCode, Is.EqualTo(2), error);
        Assert.That(error, Does.StartWith("The database refused: ").And.Contain("run opsmantik migrate first"));
    }

    [Test]
    public async Task A_login_without_the_role_is_told_which_one_it_needs()
    {
        await using var database = await TestDatabase.CreateAsync();
        await database.ExecuteAsync("revoke select on offline_conversion_queue, sites from service_role");

        var (exitCode, _, error) = await CliProcess.RunAsync(database.WorkerConnectionString, ["status"]);

        Assert.That(exitCode, Is.EqualTo(2), error);
        Assert.That(error, Does.Contain("(42501): the login needs the role service_role: grant service_role to <login>"));
    }

    [Test]
    public async Task A_password_is_never_printed()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        var wrong = new NpgsqlConnectionStringBuilder(database.AdminConnectionString) { Password = "CANARY-password" };

        foreach (var text in (string[])[wrong.ConnectionString, "Nonsense=1;Password=CANARY-password"])
        {
            var (exitCode, output, error) = await CliProcess.RunAsync("migrate", "--database", text);

            Assert.That(exitCode, Is.EqualTo(2), error);
            Assert.That(error.Trim().Split('\n'), Has.Length.EqualTo(2));
            Assert.That(output + error, Does.Not.Contain("CANARY-password"));
        }
    }

    [Test]
    public async Task Without_a_database_it_says_how_to_name_one()
    {
        var (exitCode, _, error) = await CliProcess.RunAsync("migrate");

        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(error, Does.Contain("--database <connection string>").And.Contain("ConnectionStrings__OpsMantik"));
    }
}
