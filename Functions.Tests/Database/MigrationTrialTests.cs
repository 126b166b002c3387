using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Database;

/// <summary>What the dashboard's own triggers and columns would do to our writes is found out before anything is changed, and rightly.</summary>
internal sealed class MigrationTrialTests
{
    private TestDatabase _database = null!;

    [SetUp]
    public async Task CreateAsync() => _database = await TestDatabase.CreateNewerShapeAsync();

    [TearDown]
    public async Task DropAsync() => await _database.DisposeAsync();

    [TestCase("", Description = "a copy of a row")]
    [TestCase("delete from offline_conversion_queue", Description = "a made-up one, of a sale that there is")]
    public async Task A_trigger_that_looks_up_more_than_the_row_refuses_nothing(string before)
    {
        await _database.ExecuteAsync(
            $$"""
            {{before}};
            create table seen (status text);
            create function look_up() returns trigger language plpgsql as $body$
            begin
                if new.sale_id is not null and not exists (select from sales s where s.id = new.sale_id and s.site_id = new.site_id) then
                    raise exception 'no such sale';
                end if;
                insert into public.seen values (new.status);
                return new;
            end $body$;
            create trigger look_up before update on offline_conversion_queue for each row execute function look_up();
            """);

        SchemaMigrator.Migrate(_database.AdminConnectionString);

        Assert.That(await _database.ScalarAsync<long>("select count(*) from seen"), Is.Zero, "the trial leaves nothing");
    }

    [Test]
    public async Task A_trigger_of_inserts_is_asked_for_its_updates_alone()
    {
        await _database.ExecuteAsync(
            """
            create function begin_queued() returns trigger language plpgsql as $body$
            begin
                if tg_op = 'INSERT' and new.status <> 'QUEUED' then raise exception 'rows begin as QUEUED'; end if;
                return new;
            end $body$;
            create trigger begin_queued before insert or update on offline_conversion_queue for each row execute function begin_queued();
            """);

        Assert.That(SchemaMigrator.Migrate(_database.AdminConnectionString), Is.Not.Empty);
    }

    [Test]
    public async Task What_a_trigger_says_is_in_the_refusal_and_commands_no_terminal()
    {
        await _database.ExecuteAsync(
            """
            create function refuse() returns trigger language plpgsql as $body$
            begin raise exception 'the clinic % % is frozen %', old.sale_id is not null, old.gclid, chr(27) || '[2J' || chr(8238); end $body$;
            create trigger strict before update on offline_conversion_queue for each row execute function refuse();
            """);

        var exception = Assert.Throws<MigrationException>(() => SchemaMigrator.Migrate(_database.AdminConnectionString));

        Assert.That(exception!.Message, Does.Contain("(\"the clinic t click is frozen").And.Contain(@"is frozen \u001B[2J\u202E"));
        Assert.That(exception.Message, Does.Not.Contain("\u001b").And.Not.Contain("\u202e"));
    }

    [TestCase("return null", Description = "the update is undone")]
    [TestCase("new.status := old.status; return new")]
    public async Task A_trigger_that_undoes_a_change_in_silence_is_named(string does)
    {
        await _database.ExecuteAsync(
            $"""
            create function undo() returns trigger language plpgsql as $body$ begin {does}; end $body$;
            create trigger undo before update on offline_conversion_queue for each row execute function undo();
            """);

        var exception = Assert.Throws<MigrationException>(() => SchemaMigrator.Migrate(_database.AdminConnectionString));

        Assert.That(exception!.Message, Does.Contain("trigger undo").And.Contain("it leaves the status as it was"));
    }

    [Test]
    public async Task A_trigger_that_keeps_what_was_sent_refuses_no_row_that_waits()
    {
        await _database.ExecuteAsync(
            """
            set session_replication_role = replica;
            update offline_conversion_queue set status = 'COMPLETED', uploaded_at = now()
            where id = (select id from offline_conversion_queue order by ctid limit 1);
            reset session_replication_role;
            create function keep_sent() returns trigger language plpgsql as $body$
            begin
                if old.uploaded_at is not null and new.status = 'PROCESSING' then raise exception 'already sent'; end if;
                return new;
            end $body$;
            create trigger keep_sent before update on offline_conversion_queue for each row execute function keep_sent();
            """);

        Assert.That(SchemaMigrator.Migrate(_database.AdminConnectionString), Is.Not.Empty);
    }

    [Test]
    public async Task A_mandatory_column_that_nobody_would_fill_is_named_before_anything_is_changed()
    {
        const string table = "offline_conversion_queue";
        const string name = "lead_kind";
        await _database.ExecuteAsync($"alter table {table} add column {name} text not null default '1'");
        await _database.ExecuteAsync($"alter table {table} alter column {name} drop default");

        var exception = Assert.Throws<MigrationException>(() => SchemaMigrator.Migrate(_database.AdminConnectionString));

        Assert.That(exception!.Message, Does.StartWith($"Nothing was migrated: column {name} of table {table} must not be null, has no default"));
        Assert.That(await _database.ScalarAsync<bool>("select to_regclass('public.opsmantik_migrations') is null"), Is.True);

        // As it says.
        await _database.ExecuteAsync($"alter table {table} alter column {name} drop not null");
        Assert.That(SchemaMigrator.Migrate(_database.AdminConnectionString), Is.Not.Empty);
    }

    [TestCase("add column lead_kind text not null default 'call'")]
    [TestCase("add column number bigint generated always as identity")]
    [TestCase("add column doubled bigint generated always as (value_cents * 2) stored not null")]
    public async Task A_column_that_fills_itself_is_no_hindrance(string change)
    {
        await _database.ExecuteAsync($"alter table offline_conversion_queue {change}");

        Assert.That(SchemaMigrator.Migrate(_database.AdminConnectionString), Is.Not.Empty);
    }

    [TestCase("alter table sales add column channel text not null default 'web'; alter table sales alter column channel drop default")]
    [TestCase("create domain stage as text default 'new'; alter table offline_conversion_queue add column stage stage not null default 'old'; alter table offline_conversion_queue alter column stage drop default")]
    public async Task A_column_that_the_worker_need_not_fill_is_no_hindrance(string change)
    {
        await _database.ExecuteAsync(change);

        Assert.That(SchemaMigrator.Migrate(_database.AdminConnectionString), Is.Not.Empty);
    }

    [Test]
    public async Task A_column_that_a_trigger_fills_is_no_hindrance()
    {
        await _database.ExecuteAsync(
            """
            alter table offline_conversion_queue add column channel text not null default 'web';
            alter table offline_conversion_queue alter column channel drop default;
            create function fill_channel() returns trigger language plpgsql as $body$ begin new.channel := 'web'; return new; end $body$;
            create trigger fill_channel before insert on offline_conversion_queue for each row execute function fill_channel();
            """);

        Assert.That(SchemaMigrator.Migrate(_database.AdminConnectionString), Is.Not.Empty);
    }
}
