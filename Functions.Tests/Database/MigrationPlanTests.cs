using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Database;

/// <summary>What <c>migrate --plan</c> tells is what <c>migrate</c> then does. What locks it tells of: MigrationLockTests.</summary>
internal sealed class MigrationPlanTests
{
    [TestCase("older")]
    [TestCase("newer")]
    [TestCase("empty")]
    public async Task Its_steps_are_those_that_migrate_takes_and_reading_them_changes_nothing(string shape)
    {
        await using var database = shape switch
        {
            "older" => await TestDatabase.CreateOlderShapeAsync(),
            "newer" => await TestDatabase.CreateNewerShapeAsync(),
            _ => await TestDatabase.CreateEmptyAsync(),
        };
        var before = await CountAsync(database);

        var plan = MigrationPlan.Read(database.AdminConnectionString);

        Assert.That(plan.Refusals, Is.Empty);
        Assert.That(await CountAsync(database), Is.EqualTo(before));
        var applied = SchemaMigrator.Migrate(database.AdminConnectionString);
        // The sale's key is missing only once the queue is there, and may not be null only then.
        Assert.That(plan.Steps.Select(step => step.Name).Distinct(), Is.EqualTo(applied));
        Assert.That(plan.Steps.Where(step => step.Concurrently).Select(step => step.Name), Is.EqualTo(applied.Where(name => name.StartsWith("index ", StringComparison.Ordinal))));
        Assert.That(MigrationPlan.Read(database.AdminConnectionString).Steps, Is.Empty);
    }

    [Test]
    public async Task It_tells_whose_rows_are_written_and_how_large_a_locked_table_is()
    {
        await using var database = await TestDatabase.CreateOlderShapeAsync();
        await database.ExecuteAsync("update offline_conversion_queue set status = 'QUEUED', next_retry_at = 'infinity', last_error = 'CIRCUIT_OPEN'");
        await database.ExecuteAsync("analyze offline_conversion_queue");

        var lines = MigrationPlan.Read(database.AdminConnectionString).ToLines().ToList();

        Assert.That(lines, Has.Some.EqualTo(
            "   2  update public.offline_conversion_queue q; ROW EXCLUSIVE on offline_conversion_queue (5 rows); writes about 5 rows"));
        Assert.That(lines, Has.Some.EqualTo("   3  alter table public.offline_conversion_queue; ACCESS EXCLUSIVE on offline_conversion_queue (5 rows)"));
        Assert.That(lines, Has.Some.Match("^   1  create unique index concurrently sales_site_external_ref_key; SHARE UPDATE EXCLUSIVE on sales"));
        Assert.That(lines, Has.None.Contains("on worker_ticks"), "nobody waits for a table that is not there yet");
    }

    [Test]
    public async Task Readers_and_writers_do_not_wait_for_it_nor_it_for_them()
    {
        await using var database = await TestDatabase.CreateOlderShapeAsync();
        await using var session = await database.Admin.OpenConnectionAsync();
        await using var transaction = await session.BeginTransactionAsync();
        await using (var hold = new NpgsqlCommand("lock table sites, sales, offline_conversion_queue in row exclusive mode", session, transaction))
            await hold.ExecuteNonQueryAsync();

        var plan = await Task.Run(() => MigrationPlan.Read(database.AdminConnectionString)).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.That(plan.Steps, Has.Count.EqualTo(Migrations.Names.Count + TableIndex.All.Count));
    }

    private static Task<string?> CountAsync(TestDatabase database) => database.ScalarAsync<string>(
        """
        select concat_ws(' ',
            (select count(*) from pg_class where relnamespace = 'public'::regnamespace),
            (select count(*) from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relnamespace = 'public'::regnamespace),
            (select count(*) from pg_proc where pronamespace = 'public'::regnamespace),
            (select count(*) from pg_trigger), (select count(*) from pg_policy), (select count(*) from pg_constraint))
        """);
}
