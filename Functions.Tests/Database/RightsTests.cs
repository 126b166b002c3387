using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Database;

/// <summary>service_role alone executes and sees the worker's things.</summary>
internal sealed class RightsTests
{
    private static readonly string[] Tables =
    [
        "offline_conversion_queue", "provider_credentials", "provider_health_state", "provider_upload_metrics",
        "provider_upload_attempts", "provider_upload_requests", "provider_backlog_samples", "worker_ticks",
        "operator_audit", "opsmantik_migrations", "offline_conversion_set_aside", "provider_reconciliations",
        "provider_reconciliation_days",
        "conversion_corrections", "sale_changes_missed",
    ];

    private TestDatabase _database = null!;

    [OneTimeSetUp]
    public async Task OpenAsync() => _database = await TestDatabase.CreateAsync();

    [OneTimeTearDown]
    public async Task CloseAsync() => await _database.DisposeAsync();

    [Test]
    public async Task Row_security_is_on_and_only_service_role_has_a_policy()
    {
        Assert.That(
            await _database.ScalarAsync<long>(
                "select count(*) from pg_class where relname = any($1) and relrowsecurity", (object)Tables),
            Is.EqualTo(Tables.Length));
        Assert.That(
            await _database.ScalarAsync<string>("select string_agg(distinct roles::text, ' ') from pg_policies"),
            Is.EqualTo("{service_role}"));
    }

    /// <summary>Supabase's default privileges give its roles every right on a new table.</summary>
    [Test]
    public async Task Ledger_and_audit_are_append_only_whatever_the_default_privileges_give()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        await database.ExecuteAsync("alter default privileges in schema public grant all on tables to service_role");

        SchemaMigrator.Migrate(database.AdminConnectionString);

        Assert.That(
            await database.ScalarAsync<string>(
                """
                select string_agg(t.name || ' ' || r.name, ', ' order by t.name, r.name)
                from unnest(array['provider_upload_attempts', 'operator_audit']) as t (name)
                cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) as r (name)
                where has_table_privilege('service_role', 'public.' || t.name, r.name)
                """),
            Is.EqualTo(
                "operator_audit INSERT, operator_audit SELECT, provider_upload_attempts INSERT, provider_upload_attempts SELECT"));
    }

    [Test]
    public async Task No_other_role_has_a_right_to_a_table_or_a_function()
    {
        await _database.ExecuteAsync("create role stranger nologin");
        try
        {
            var rights = await _database.ScalarAsync<string[]>(
                """
                select coalesce(array_agg(w.what), '{}')
                from (
                    select c.relname::text
                    from pg_class c
                    where c.relname = any($1) and has_table_privilege('stranger', c.oid, 'select,insert,update,delete')
                    union all
                    select p.proname::text
                    from pg_proc p
                    where p.pronamespace = 'public'::regnamespace and has_function_privilege('stranger', p.oid, 'execute')
                ) w (what)
                """, (object)Tables);

            Assert.That(rights, Is.Empty);
        }
        finally
        {
            await _database.ExecuteAsync("drop role stranger");
        }
    }

    [Test]
    public async Task Every_security_definer_function_fixes_its_search_path() =>
        Assert.That(
            await _database.ScalarAsync<string[]>(
                """
                select coalesce(array_agg(p.proname::text), '{}')
                from pg_proc p
                where p.pronamespace = 'public'::regnamespace
                  and not coalesce(array_to_string(p.proconfig, ',') like '%search_path=%', false)
                """),
            Is.Empty, "and so do the others");

    [TestCase("delete from offline_conversion_queue")]
    [TestCase("update provider_upload_attempts set batch_id = 'x'")]
    [TestCase("delete from provider_upload_attempts")]
    [TestCase("delete from provider_credentials")]
    [TestCase("update operator_audit set actor = 'x'")]
    [TestCase("delete from operator_audit")]
    [TestCase("select * from sales")]
    [TestCase("update sales set status = 'CANCELED'")]
    public async Task The_worker_itself_may_not_delete_nor_rewrite_the_ledger(string sql)
    {
        await using var worker = NpgsqlDataSource.Create(_database.WorkerConnectionString);
        await using var command = worker.CreateCommand(sql);

        Assert.That(
            async () => await command.ExecuteNonQueryAsync(),
            Throws.TypeOf<PostgresException>().With.Property("SqlState").EqualTo(PostgresErrorCodes.InsufficientPrivilege));
    }
}
