using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.Postgres;
using OpsMantik.Testbed;

namespace OpsMantik.Functions.Tests.Database;

/// <summary>service_role and opsmantik_operator alone execute and see the worker's things.</summary>
internal sealed class RightsTests
{
    private static readonly string[] Tables =
    [
        "offline_conversion_queue", "provider_credentials", "provider_health_state", "provider_upload_metrics",
        "provider_upload_attempts", "provider_upload_requests", "provider_backlog_samples", "worker_ticks",
        "operator_audit", "opsmantik_migrations", "offline_conversion_set_aside", "provider_reconciliations",
        "provider_reconciliation_days", "provider_request_limits",
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
            Is.EqualTo("provider_upload_attempts INSERT, provider_upload_attempts SELECT"));
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
    [TestCase("insert into operator_audit (actor, action, row_count) values ('x', 'x', 1)")]
    [TestCase("select * from operator_audit")]
    [TestCase("update provider_credentials set encrypted_payload = 'x'")]
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

    /// <summary>
    /// As Supabase does it; whatever scripts, or people after them, open again. Of what the application made nothing is taken, but
    /// for what is ours by the contract; of an empty database everything is ours.
    /// </summary>
    [Test]
    public async Task Nothing_of_ours_is_open_to_the_web_roles([Values] bool olderShape)
    {
        await using var database = await CreateSupabaseAsync(olderShape);
        string[] theirs = [.. (await ReadOpenAsync(database)).Where(open => !Ours.Contains(open.Split(' ')[^1]))];

        SchemaMigrator.Migrate(database.AdminConnectionString);

        Assert.That(theirs, olderShape ? Has.Member("authenticated UPDATE sales").And.Member("anon EXECUTE set_updated_at") : Is.Empty);
        Assert.That(await ReadOpenAsync(database), Is.EquivalentTo(theirs));

        foreach (var script in Migrations.Names)
            await database.ExecuteAsync(Migrations.Read(script));
        foreach (var opening in Openings)
            await database.ExecuteAsync(opening);
        Assert.That((await ReadOpenAsync(database)).Except(theirs).Count(), Is.GreaterThanOrEqualTo(Openings.Length), "the check sees them");
        List<string> told = [];
        SchemaMigrator.Migrate(database.AdminConnectionString, told.Add);

        Assert.That(await ReadOpenAsync(database), Is.EquivalentTo(theirs), "opened again, and closed again");
        Assert.That(told, Has.Member("rights: anon has no more SELECT (actor) on operator_audit; USAGE on operator_audit_id_seq"));
        told.Clear();
        SchemaMigrator.Migrate(database.AdminConnectionString, told.Add);
        Assert.That(told, Is.Empty, "nothing is left to do");
    }

    [Test]
    public async Task The_dashboards_own_transactions_go_on()
    {
        await using var database = await CreateSupabaseAsync(olderShape: true);
        SchemaMigrator.Migrate(database.AdminConnectionString);
        await database.ExecuteAsync("grant usage on schema public to authenticated");
        await database.ExecuteAsync("update offline_conversion_queue set status = 'COMPLETED' where status <> 'COMPLETED'");

        await database.ExecuteAsync("set role authenticated; update sales set status = 'CANCELED'; reset role");

        Assert.That(await database.ScalarAsync<long>("select count(*) from conversion_corrections where kind = 'RETRACT'"), Is.EqualTo(5));
        Assert.That(await database.ScalarAsync<long>("select count(*) from sale_changes_missed"), Is.Zero);
    }

    /// <summary>PostgREST's login becomes service_role, by which the dashboard's server stores credentials.</summary>
    [Test]
    public async Task Where_the_dashboard_works_as_service_role_it_may_write_credentials_and_rows()
    {
        await using var server = await PrivatePostgres.StartAsync();
        await ExecuteAsync(server.ConnectionString, "create role service_role; create role authenticator login in role service_role");

        SchemaMigrator.Migrate(server.ConnectionString);

        Assert.That(
            await ReadRightsAsync(server.ConnectionString, "service_role", "provider_credentials"), Is.EqualTo("INSERT SELECT UPDATE"));
        Assert.That(
            await ReadRightsAsync(server.ConnectionString, "service_role", "offline_conversion_queue"), Is.EqualTo("INSERT SELECT UPDATE"));
        Assert.That(await ReadRightsAsync(server.ConnectionString, "service_role", "operator_audit"), Is.Null);
    }

    [Test]
    public async Task A_login_that_may_not_create_roles_says_what_to_do_and_leaves_the_rights_as_they_were()
    {
        await using var server = await PrivatePostgres.StartAsync();
        await ExecuteAsync(server.ConnectionString, "create role service_role; create role owner login password 'CANARY-owner'");
        await ExecuteAsync(server.ConnectionString, "create database ours owner owner");
        var owner = server.ConnectionStringFor("ours", "owner", "CANARY-owner");
        List<string> told = [];

        SchemaMigrator.Migrate(owner, told.Add);

        Assert.That(told, Has.One.Contains("opsmantik_operator was not made").And.One.Contains("create role opsmantik_operator nologin in role service_role"));
        Assert.That(await ReadRightsAsync(owner, "service_role", "operator_audit"), Is.EqualTo("INSERT SELECT"));
        Assert.That(await ReadRightsAsync(owner, "service_role", "provider_credentials"), Is.EqualTo("INSERT SELECT UPDATE"));

        await ExecuteAsync(server.ConnectionString, "create role opsmantik_operator nologin in role service_role");
        told.Clear();
        SchemaMigrator.Migrate(owner, told.Add);

        Assert.That(await ReadRightsAsync(owner, "service_role", "operator_audit"), Is.Null);
        Assert.That(await ReadRightsAsync(owner, "service_role", "provider_credentials"), Is.EqualTo("SELECT"));
        Assert.That(await ReadRightsAsync(owner, "opsmantik_operator", "operator_audit"), Is.EqualTo("INSERT SELECT"));
        Assert.That(told, Has.One.Contains("service_role has no more").And.One.Contains("needs: grant opsmantik_operator to"));
    }

    /// <summary>Among what the dashboard made, what is ours by the contract.</summary>
    private static readonly string[] Ours =
    [
        "offline_conversion_queue", "provider_credentials", "provider_health_state", "provider_upload_metrics",
        "get_provider_health_state", "record_provider_outcome", "recover_stuck_offline_conversion_jobs",
    ];

    private static readonly string[] Openings =
    [
        "grant select (actor) on operator_audit to anon",
        "grant usage on sequence operator_audit_id_seq to anon",
        "grant select, delete on provider_credentials to authenticated",
        "grant execute on function correct_sale(uuid) to public",
        "grant all on opsmantik_migrations to authenticated",
    ];

    /// <summary>What is created is open to the web roles from the start, as on Supabase.</summary>
    private static async Task<TestDatabase> CreateSupabaseAsync(bool olderShape)
    {
        var database = await TestDatabase.CreateEmptyAsync();
        foreach (var role in new[] { "anon", "authenticated" })
        {
            await database.ExecuteAsync(
                $"do $$ begin create role {role} nologin; exception when duplicate_object or unique_violation then null; end $$");
        }

        foreach (var kind in new[] { "tables", "sequences", "functions" })
            await database.ExecuteAsync($"alter default privileges in schema public grant all on {kind} to anon, authenticated, service_role");
        if (olderShape)
            await database.ExecuteAsync(OlderShape.Sql);
        return database;
    }

    /// <summary>Tables, views, sequences, columns and functions, as "role RIGHT name".</summary>
    private static async Task<string[]> ReadOpenAsync(TestDatabase database) => (await database.ScalarAsync<string[]>(
        """
        with things (name, acl) as (
            select c.relname::text, coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))
            from pg_class c
            where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
            union all
            select c.relname::text, t.attacl
            from pg_class c
            join pg_attribute t on t.attrelid = c.oid
            where c.relnamespace = 'public'::regnamespace
            union all
            select p.proname::text, coalesce(p.proacl, acldefault('f', p.proowner))
            from pg_proc p
            where p.pronamespace = 'public'::regnamespace
        )
        select coalesce(array_agg(concat_ws(' ', r.name, a.privilege_type, t.name)), '{}')
        from things t
        cross join aclexplode(t.acl) a
        cross join lateral (select case when a.grantee = 0 then 'public' else a.grantee::regrole::text end) r (name)
        where r.name in ('public', 'anon', 'authenticated')
        """))!;

    private static async Task<string?> ReadRightsAsync(string connection, string role, string table)
    {
        await using var source = NpgsqlDataSource.Create(connection + ";Pooling=false");
        await using var command = source.CreateCommand(
            $"""
            select string_agg(r.name, ' ' order by r.name)
            from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER']) r (name)
            where has_table_privilege('{role}', 'public.{table}', r.name)
            """);
        return await command.ExecuteScalarAsync() as string;
    }

    private static async Task ExecuteAsync(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
