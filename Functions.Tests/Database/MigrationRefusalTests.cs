using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Database;

/// <summary>What cannot be migrated is refused with the reason, and nothing is changed: not even a part that could be.</summary>
internal sealed class MigrationRefusalTests
{
    private const string CatalogueSql =
        """
        select md5(string_agg(x.line, ',' order by x.line))
        from (
            select c.relname || c.relkind::text || coalesce(c.relacl::text, '') as line from pg_class c
            where c.relnamespace = 'public'::regnamespace
            union all
            select a.attrelid::regclass || a.attname || a.atttypid || a.attnotnull from pg_attribute a
            join pg_class c on c.oid = a.attrelid and c.relnamespace = 'public'::regnamespace
            union all
            select p.proname || md5(p.prosrc) from pg_proc p where p.pronamespace = 'public'::regnamespace
            union all
            select t.tgname || t.tgrelid from pg_trigger t
            union all
            select c.conname || pg_get_constraintdef(c.oid) from pg_constraint c where c.connamespace = 'public'::regnamespace
            union all
            select p.polname || p.polrelid from pg_policy p
        ) x
        """;

    [TestCase("alter table sales rename column amount_cents to amount", "table sales has no column amount_cents")]
    [TestCase("alter table sales alter column occurred_at type timestamp", "column occurred_at of table sales is of type timestamp without time zone, and must be timestamp with time zone")]
    [TestCase("alter table offline_conversion_queue alter column sale_id type text", "column sale_id of table offline_conversion_queue is of type text, and must be uuid")]
    [TestCase("alter table offline_conversion_queue drop constraint offline_conversion_queue_pkey", "table offline_conversion_queue has no key of its column id")]
    [TestCase("update offline_conversion_queue set sale_id = '5b000000-0000-0000-0000-000000000001' where gclid = 'sale-1003'", "table offline_conversion_queue has several rows with the same sale in its column sale_id")]
    [TestCase("create table provider_health_state (wrong int)", "table provider_health_state has no column site_id")]
    [TestCase("create materialized view worker_ticks as select 1 as one", "worker_ticks is no table")]
    [TestCase("insert into opsmantik_migrations values ('0001_application.sql'), ('9001_future.sql')", "a newer program migrated this database (9001_future.sql), and 0002_queue.sql is missing all the same")]
    [TestCase(
        "create trigger strict before update on offline_conversion_queue for each row when (new.status = 'RETRY') execute function refuse()",
        "trigger strict of table offline_conversion_queue refuses the column status to go from PROCESSING to RETRY (\"no\"), which every upload needs")]
    public async Task A_database_of_another_shape(string change, string reason)
    {
        await using var database = await TestDatabase.CreateNewerShapeAsync();
        await database.ExecuteAsync(
            "create table opsmantik_migrations (schemaversionsid serial primary key, scriptname text not null, applied timestamp not null default now())");
        await database.ExecuteAsync("create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$");
        await database.ExecuteAsync(change.Replace("opsmantik_migrations values", "opsmantik_migrations (scriptname) values"));
        var before = await database.ScalarAsync<string>(CatalogueSql);

        var exception = Assert.Throws<MigrationException>(() => SchemaMigrator.Migrate(database.AdminConnectionString));
        var plan = MigrationPlan.Read(database.AdminConnectionString);

        Assert.That(exception!.Message, Does.StartWith("Nothing was migrated: ").And.Contain(reason));
        Assert.That(plan.Refusals, Has.Some.Contains(reason), "the plan says the same");
        Assert.That(await database.ScalarAsync<string>(CatalogueSql), Is.EqualTo(before));
    }

    [Test]
    public async Task A_login_that_does_not_own_what_the_scripts_change_is_told_all_of_it_at_once()
    {
        await using var database = await TestDatabase.CreateOlderShapeAsync();
        var login = $"half_owner_{Guid.NewGuid():N}";
        await database.ExecuteAsync($"create role {login} login password 'CANARY-half' createrole");
        try
        {
            await database.ExecuteAsync($"grant create on schema public to {login}");
            await database.ExecuteAsync($"alter table sites owner to {login}");
            var before = await database.ScalarAsync<string>(CatalogueSql);

            var exception = Assert.Throws<MigrationException>(() => SchemaMigrator.Migrate(
                new NpgsqlConnectionStringBuilder(database.AdminConnectionString) { Username = login, Password = "CANARY-half" }.ConnectionString));

            Assert.That(exception!.Message, Does.Match(
                "^Nothing was migrated: function get_provider_health_state, .*table offline_conversion_queue, .*table sales of postgres, "
                + $"of which login {login} is no member: use one that may alter the schema\\.$"));
            Assert.That(exception.Message, Does.Not.Contain("table sites"));
            Assert.That(await database.ScalarAsync<string>(CatalogueSql), Is.EqualTo(before));
        }
        finally
        {
            await database.ExecuteAsync($"drop owned by {login} cascade");
            await database.ExecuteAsync($"drop role {login}");
        }
    }
}
