using DbUp.Engine;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Testbed;

namespace OpsMantik.Functions.Tests.Database;

/// <summary>
/// Six scripts took the place of seventeen. Databases exist on which all of those ran, or the first of them: whatever ran
/// before, every database ends with the same catalogue.
/// </summary>
[Parallelizable(ParallelScope.Children)]
internal sealed class SquashTests
{
    private const int Squashed = 6;

    private static readonly string Folder = Path.Combine(TestContext.CurrentContext.TestDirectory, "Database");

    private static readonly string[] Before =
    [
        .. Directory.GetFiles(Path.Combine(Folder, "BeforeSquash"), "*.sql").Select(path => Path.GetFileName(path)).Order(),
    ];

    /// <summary>DbUp would take a script of an older one's name as applied.</summary>
    [Test]
    public void No_script_has_the_name_of_one_before()
    {
        Assert.That(Before, Has.Length.EqualTo(17));
        Assert.That(Migrations.Names, Has.None.AnyOf(Before));
        Assert.That(Migrations.Replaced, Is.EqualTo(Before), "else they would be taken for those of a newer program");
    }

    [Test]
    public async Task Where_all_seventeen_ran_the_scripts_that_took_their_place_change_nothing([Values] bool olderShape)
    {
        await using var database = await CreateAsync(olderShape);
        Migrate(database, Before.Length);
        var before = await ReadCatalogueAsync(database);

        var applied = SchemaMigrator.Migrate(
            database.AdminConnectionString,
            Migrations.Names.Take(Squashed).Select(name => new SqlScript(name, Migrations.Read(name))));

        Assert.That(applied, Has.Count.EqualTo(Squashed));
        AssertSame(before, await ReadCatalogueAsync(database));
    }

    [Test]
    public async Task Whichever_of_the_seventeen_ran_the_catalogue_becomes_the_same(
        [Values] bool olderShape, [Range(1, 17)] int count)
    {
        await using var fresh = await CreateAsync(olderShape);
        SchemaMigrator.Migrate(fresh.AdminConnectionString);
        await using var database = await CreateAsync(olderShape);
        Migrate(database, count);

        SchemaMigrator.Migrate(database.AdminConnectionString);

        AssertSame(await ReadCatalogueAsync(fresh), await ReadCatalogueAsync(database));
    }

    [Test]
    public async Task A_database_of_the_seventeen_is_to_be_migrated_once_and_is_then_up_to_date()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        Migrate(database, Before.Length);
        await using var worker = NpgsqlDataSource.Create(database.WorkerConnectionString);
        var check = new DatabaseCheck(worker);

        Assert.That(
            (await check.CheckAsync(CancellationToken.None)).Fault,
            Does.Contain("0001_application.sql is missing").And.Contain("opsmantik migrate"));
        // The other indexes are there.
        Assert.That(
            SchemaMigrator.Migrate(database.AdminConnectionString),
            Is.EqualTo(Migrations.Names.Concat(["index offline_conversion_queue_identifiers_idx", "index provider_upload_attempts_started_idx"])));
        Assert.That(SchemaMigrator.Migrate(database.AdminConnectionString), Is.Empty);
        Assert.That((await check.CheckAsync(CancellationToken.None)).Ready, Is.True);
        Assert.That(
            await database.ScalarAsync<long>("select count(*) from opsmantik_migrations"),
            Is.EqualTo(Before.Length + Migrations.Names.Count));
    }

    /// <summary>Without the journal, as after a restore of the tables alone.</summary>
    [Test]
    public async Task Every_script_can_run_a_second_time([Values] bool olderShape)
    {
        await using var database = await CreateAsync(olderShape);
        SchemaMigrator.Migrate(database.AdminConnectionString);
        var once = await ReadCatalogueAsync(database);

        foreach (var name in Migrations.Names)
            await database.ExecuteAsync(Migrations.Read(name));
        // Each script sets the rights of its time; those of now come last.
        SchemaMigrator.Migrate(database.AdminConnectionString);

        AssertSame(once, await ReadCatalogueAsync(database));
    }

    [Test]
    public async Task The_catalogue_shows_every_kind_of_difference()
    {
        await using var database = await TestDatabase.CreateAsync();
        var before = await ReadCatalogueAsync(database);
        string[] changes =
        [
            "alter table sales alter column currency drop default",
            "alter table sales alter column external_ref set not null",
            "alter table sales alter column amount_cents type numeric",
            "alter table sales alter column external_ref set statistics 7",
            "alter table sales drop constraint sales_status_check",
            "alter table sales set (fillfactor = 50)",
            "drop index provider_upload_requests_due_idx",
            "alter table offline_conversion_queue validate constraint offline_conversion_queue_status_check",
            "alter table offline_conversion_queue disable trigger offline_conversion_queue_claim_left",
            "alter table worker_ticks disable row level security",
            "alter policy service_role_only on worker_ticks using (false)",
            "grant delete on worker_ticks to service_role",
            "grant update (actor) on operator_audit to service_role",
            "grant execute on function take_provider_probe(uuid, text, uuid, uuid, interval) to public",
            "alter function take_provider_probe(uuid, text, uuid, uuid, interval) security definer",
            "alter function count_provider_upload(uuid, text, bigint, bigint, bigint, bigint, bigint) reset search_path",
            "alter type provider_circuit_state add value 'BROKEN'",
            "comment on table sales is 'sold'",
            "create view sold as select id from sales",
        ];

        foreach (var change in changes)
        {
            await database.ExecuteAsync(change);
            var after = await ReadCatalogueAsync(database);
            Assert.That(after, Is.Not.EqualTo(before), change);
            before = after;
        }
    }

    [Test]
    public async Task Rows_of_the_seventeen_stay_as_they_are()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();
        Migrate(database, Before.Length);
        var site = await database.AddSiteAsync();
        await database.EnqueueAsync(site, 5);
        await database.ExecuteAsync(
            """
            update offline_conversion_queue
            set status = 'PROCESSING', claim_token = gen_random_uuid(), claimed_at = now(), claim_count = 3
            """);
        await database.ExecuteAsync(
            """
            insert into provider_credentials (site_id, provider_key, encrypted_payload, key_fingerprint)
            values ($1, 'google_ads', 'p', 'k')
            """, site);
        await database.ExecuteAsync(
            """
            select record_provider_outcome($1, 'google_ads', false, true),
                   count_provider_upload($1, 'google_ads', 5, 1, 1, 1, 2)
            """, site);
        await database.ExecuteAsync(
            """
            insert into provider_upload_attempts (site_id, provider_key, batch_id, phase)
            values ($1, 'google_ads', 'b', 'STARTED')
            """, site);
        await database.ExecuteAsync(
            "insert into operator_audit (actor, action, row_count) values ('ops', 'requeue', 5)");
        var before = await ReadRowsAsync(database);

        SchemaMigrator.Migrate(database.AdminConnectionString);

        Assert.That(await ReadRowsAsync(database), Is.EqualTo(before));
    }

    private static async Task<TestDatabase> CreateAsync(bool olderShape)
    {
        var database = await TestDatabase.CreateEmptyAsync();
        if (olderShape)
            await database.ExecuteAsync(OlderShape.Sql);
        return database;
    }

    /// <summary>Applies the first scripts of the seventeen, with their lines in the journal.</summary>
    private static void Migrate(TestDatabase database, int count) => SchemaMigrator.Migrate(
        database.AdminConnectionString,
        Before.Take(count).Select(name => new SqlScript(name, File.ReadAllText(Path.Combine(Folder, "BeforeSquash", name)))));

    private static async Task<string[]> ReadCatalogueAsync(TestDatabase database)
    {
        await using var command = database.Admin.CreateCommand(
            await File.ReadAllTextAsync(Path.Combine(Folder, "Catalogue.sql")));
        await using var reader = await command.ExecuteReaderAsync();
        List<string> lines = [];
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(0));
        return [.. lines];
    }

    private static async Task<string> ReadRowsAsync(TestDatabase database) => (await database.ScalarAsync<string>(
        """
        select concat_ws(e'\n',
            -- But for the columns that came after them.
            (select string_agg((to_jsonb(q) - 'user_identifiers' - 'conversion_time_shift')::text, ',' order by q.id)
             from offline_conversion_queue q),
            (select string_agg(c::text, ',') from provider_credentials c),
            (select string_agg(h::text, ',') from provider_health_state h),
            (select string_agg(m::text, ',') from provider_upload_metrics m),
            (select string_agg(a::text, ',') from provider_upload_attempts a),
            (select string_agg((to_jsonb(o) - 'login' - 'client_address')::text, ',') from operator_audit o))
        """))!;

    private static void AssertSame(string[] expected, string[] actual)
    {
        Assert.That(expected, Has.Length.GreaterThan(200), "the catalogue was read");
        Assert.Multiple(() =>
        {
            Assert.That(expected.Except(actual), Is.Empty, "missing");
            Assert.That(actual.Except(expected), Is.Empty, "not expected");
        });
    }
}
