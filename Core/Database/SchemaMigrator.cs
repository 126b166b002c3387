using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using Npgsql;

namespace OpsMantik.Core.Database;

/// <summary>Brings a database up to date. Run by an operator, never by the app: the worker's login may not alter tables.</summary>
public static class SchemaMigrator
{
    /// <summary>Table of applied scripts, in schema public; <see cref="DatabaseCheck"/> reads it.</summary>
    internal const string Journal = "opsmantik_migrations";

    // Behind a script that waits for a lock, every statement on its table waits too, and until the commit: for this long at most for the
    // first lock, in ms, and for those after it, while the first are held. Then all is undone and tried again, for minutes.
    internal const int FirstLockTimeout = 500;
    internal const int FurtherLockTimeout = 25;
    private const int MaxAttempts = 200;
    private const string LockStep = "the locks of all tables";

    // Any number that only we use: two migrations at once take turns by it.
    private const long LockKey = 0x4F70734D616E;
    private const int MaxTurns = 300 * 5;

    // A build stands in nobody's way while it waits, but an operator should hear what for.
    private static readonly TimeSpan BuildPatience = TimeSpan.FromMinutes(5);

    internal static IReadOnlyList<SqlScript> Scripts { get; } = [.. Migrations.Names.Select(name => new SqlScript(name, Migrations.Read(name)))];

    /// <summary>
    /// Applies the missing scripts, all or none in one transaction, puts all rights as they should be, then builds the missing indexes,
    /// each by itself.
    /// </summary>
    /// <param name="tell">
    /// Gets a line for what may take long (whom a step waits for, which index is being built), for what will not work on this
    /// database, and for rights that were taken away.
    /// </param>
    /// <returns>The steps that were to be done, in order: names of scripts, then <c>index</c> and the name of each.</returns>
    /// <exception cref="MigrationException">
    /// The database cannot be migrated, or a script failed: nothing is changed. Or the build of an index failed: the steps before it stay.
    /// </exception>
    /// <exception cref="NpgsqlException">The database cannot be reached.</exception>
    public static IReadOnlyList<string> Migrate(string connectionString, Action<string>? tell = null) =>
        Migrate(connectionString, Scripts, TableIndex.All, BuildPatience, tell);

    /// <summary>The same with other scripts and no index, for tests of older databases.</summary>
    internal static IReadOnlyList<string> Migrate(string connectionString, IEnumerable<SqlScript> scripts) =>
        Migrate(connectionString, [.. scripts], [], BuildPatience, null);

    internal static IReadOnlyList<string> Migrate(
        string connectionString,
        IReadOnlyList<SqlScript> scripts,
        IReadOnlyList<TableIndex> indexes,
        TimeSpan buildPatience,
        Action<string>? tell)
    {
        tell ??= _ => { };
        // Not pooled: a pooled connection keeps its session, and with it the lock, after it is closed.
        connectionString = new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false }.ConnectionString;
        using var guard = new NpgsqlConnection(connectionString);
        guard.Open();
        if (FindPooler(guard).FirstOrDefault() is { } pooler)
            throw MigrationException.OfRefusals([pooler]);
        TakeTurn(guard, tell);
        var pending = PendingMigration.Read(guard, scripts, indexes);
        if (pending.IsNothing && pending.Unknown.Count > 0)
        {
            // Its rights are the newer program's to set.
            tell($"a newer program migrated this database: {string.Join(", ", pending.Unknown)}");
            return [];
        }

        var check = MigrationCheck.Read(guard, pending);
        if (check.Refusals.Count > 0)
            throw MigrationException.OfRefusals(check.Refusals);
        foreach (var note in check.Notes)
            tell(note);
        RenumberJournal(guard);
        var builder = new IndexBuilder(guard, buildPatience, tell);
        var applied = ApplyMissing(connectionString, pending, guard, builder, tell);
        GuardJournal(guard);
        RoleRights.Apply(guard, pending.IsNew, tell);
        // The scripts may have made what decides of an index.
        return [.. applied, .. builder.BuildMissing(PendingMigration.Read(guard, scripts, indexes).Indexes)];
    }

    // Asked again and again: a statement that waits for the lock is an old transaction, for which the builds of the one that
    // holds it wait.
    private static void TakeTurn(NpgsqlConnection guard, Action<string> tell)
    {
        for (var turn = 1; turn <= MaxTurns; turn++)
        {
            using var take = new NpgsqlCommand("select pg_try_advisory_lock($1)", guard);
            take.Parameters.Add(new NpgsqlParameter<long> { TypedValue = LockKey });
            if (take.ExecuteScalar() is true)
                return;
            if (turn == 1)
                tell("waits for another migrate, or for an index that an interrupted one still builds");
            Pause(guard, 0.2);
        }

        throw MigrationException.OfRefusals(
            ["for 5 minutes another migrate was at work, or an interrupted one's index was still being built; run this again later"]);
    }

    private static List<string> ApplyMissing(
        string connectionString, PendingMigration pending, NpgsqlConnection guard, IndexBuilder builder, Action<string> tell)
    {
        var hurried = new NpgsqlConnectionStringBuilder(connectionString) { Options = $"-c lock_timeout={FirstLockTimeout}" };
        var scripts = LockFirst(pending, guard);
        if (pending.ScansLargeQueue)
            builder.BuildMissing([TableIndex.OfHeldRows]);
        for (var attempt = 1; scripts.Count > 0; attempt++)
        {
            var result = Upgrade(hurried.ConnectionString, scripts);
            if (result.Successful)
                break;
            if (attempt == MaxAttempts || result.Error is not PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
            {
                if (pending.ScansLargeQueue)
                    builder.RemoveRemains(TableIndex.OfHeldRows);
                throw MigrationException.OfScript(result.ErrorScript?.Name ?? "(none)", result.Error);
            }

            if (attempt == 1)
                tell($"{result.ErrorScript?.Name}: a table is in use, tried again every second");
            Pause(guard, 1);
        }

        return [.. scripts.Select(script => script.Name).Where(name => name != TableIndex.OfHeldRows.Step && name != LockStep)];
    }

    // All that the scripts lock, at once and before them: a statement of the dashboard's that already holds one of these tables and
    // waits for another would else stand in the way each time, for as long as the scripts between take. The tables that others refer to
    // come last, as in those statements. A long report may go on reading the sales: their script excludes readers only where it runs again.
    private static IReadOnlyList<SqlScript> LockFirst(PendingMigration pending, NpgsqlConnection guard)
    {
        var tables = ScriptLock.Read(guard, pending.Scripts).Where(one => one.IsStrong).Select(one => (one.Table, one.Mode))
            .Concat(pending.Join.Where(statement => statement.Table is not null).Select(statement => (Table: statement.Table!, Mode: statement.Mode!)))
            .GroupBy(one => one.Table, one => one.Mode)
            .OrderBy(table => table.Key is "sites" ? 2 : table.Key is "sales" ? 1 : 0)
            .ThenBy(table => table.Key, StringComparer.Ordinal)
            .Select(table => $"lock table public.{table.Key} in {(table.Key != "sales" && table.Contains("ACCESS EXCLUSIVE") ? "access exclusive" : "share row exclusive")} mode;")
            .ToList();
        return tables.Count == 0
            ? pending.InOrder
            : [PendingMigration.Always(LockStep, -2, string.Join($"\nset local lock_timeout = '{FurtherLockTimeout}ms';\n", tables)), .. pending.InOrder];
    }

    private static void Pause(NpgsqlConnection guard, double seconds)
    {
        using var pause = new NpgsqlCommand("select pg_sleep($1)", guard);
        pause.Parameters.Add(new NpgsqlParameter<double> { TypedValue = seconds });
        pause.ExecuteNonQuery();
    }

    private static DatabaseUpgradeResult Upgrade(string connectionString, IReadOnlyList<SqlScript> scripts) =>
        DeployChanges.To
            .PostgresqlDatabase(connectionString)
            .WithScripts(scripts)
            .JournalToPostgresqlTable("public", Journal)
            .WithTransaction()
            // Dollar quotes with a name would be read as variables.
            .WithVariablesDisabled()
            .WithExecutionTimeout(TimeSpan.FromMinutes(30))
            .LogTo(new NoOpUpgradeLog())
            .Build()
            .PerformUpgrade();

    // A transaction pooler gives each statement another session: the lock would stay on one that others get, and guard nothing.
    // It greets with a process id of its own, not the server's.
    internal static IEnumerable<string> FindPooler(NpgsqlConnection guard)
    {
        using var ask = new NpgsqlCommand("select pg_backend_pid()", guard);
        return (int)ask.ExecuteScalar()! == guard.ProcessID
            ? []
            : ["the connection goes through a pooler: connect to the server itself (on Supabase the direct connection)"];
    }

    // Logical replication carries the journal's lines and not the sequence of their numbers.
    private static void RenumberJournal(NpgsqlConnection guard)
    {
        using var command = new NpgsqlCommand(
            $"""
            do $$
            begin
                if to_regclass('public.{Journal}') is not null then
                    perform setval(pg_get_serial_sequence('public.{Journal}', 'schemaversionsid'), max(j.schemaversionsid))
                    from public.{Journal} j
                    having max(j.schemaversionsid) is not null;
                end if;
            end
            $$
            """,
            guard);
        command.ExecuteNonQuery();
    }

    /// <summary>Leaves a line in the audit: who applied these scripts.</summary>
    public static async Task RecordAsync(
        string connectionString, string actor, IReadOnlyList<string> applied, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            insert into public.operator_audit (actor, action, row_count, details)
            values ($1, 'migrate', cardinality($2), jsonb_build_object('scripts', $2))
            """,
            connection);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. applied] });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    // A role that may rewrite this one stops every worker. Who may read it is in Rights.sql.
    private static void GuardJournal(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(
            $"""
            do $$
            begin
                if to_regclass('public.{Journal}') is null
                   or not exists (select from pg_catalog.pg_roles r where r.rolname = 'service_role') then
                    return;
                end if;
                alter table public.{Journal} enable row level security;
                drop policy if exists service_role_only on public.{Journal};
                create policy service_role_only on public.{Journal} for select to service_role using (true);
            end
            $$
            """,
            connection);
        command.ExecuteNonQuery();
    }
}

/// <summary>The numbered scripts this code was built with.</summary>
/// <remarks>
/// An older database's journal also names scripts that these replaced: seventeen, up to <c>0017_held_rows.sql</c>. Nothing
/// reads those lines. Here a script runs once because its own name is not in the journal yet, and finds little to do; so no
/// new script may have an old one's name.
/// </remarks>
internal static class Migrations
{
    private const string Folder = "OpsMantik.Core.Database.Migrations.";

    /// <summary>File names in order, <c>0001_application.sql</c> first.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(Migrations).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>The seventeen that these replaced; a journal that names another script is of a newer program.</summary>
    public static IReadOnlyList<string> Replaced { get; } =
    [
        "0001_service_role.sql", "0002_application_tables.sql", "0003_worker_tables.sql", "0004_worker_columns.sql", "0005_indexes.sql",
        "0006_confirm_sale.sql", "0007_circuit_functions.sql", "0008_queue_functions.sql", "0009_claim_guard.sql", "0010_rights.sql",
        "0011_submitted.sql", "0012_operator_audit.sql", "0013_telemetry.sql", "0014_enqueue_sales.sql", "0015_status.sql",
        "0016_growth.sql", "0017_held_rows.sql",
    ];

    public static string Read(string name) => SqlText.Load($"Database.Migrations.{Path.GetFileNameWithoutExtension(name)}");
}

/// <summary>The scripts failed and were undone; or the build of an index, and the steps before it stay; or nothing was begun.</summary>
public sealed class MigrationException : Exception
{
    private MigrationException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }

    /// <summary>Nothing was begun.</summary>
    internal static MigrationException OfRefusals(IReadOnlyList<string> reasons) =>
        new($"Nothing was migrated: {string.Join("; ", reasons)}.");

    internal static MigrationException OfScript(string script, Exception cause) =>
        new($"Migration {script} failed and was rolled back with all before it: {Reason(cause)}", cause);

    internal static MigrationException OfIndex(string step, Exception cause) =>
        new($"Migration {step} failed and was undone: {Reason(cause)}", cause);

    /// <param name="blocker">What it waited for, in words.</param>
    internal static MigrationException OfBlockedIndex(string step, string blocker, TimeSpan patience, Exception cause) => new(
        $"Migration {step} failed and was undone: it waited {patience.TotalSeconds:0} s for {blocker} to end. Nobody waited for "
        + "it meanwhile. End that, or wait, and run migrate again: it goes on with this step.",
        cause);

    // The driver's own message goes on over several lines.
    private static string Reason(Exception cause) =>
        cause is PostgresException refused ? $"{refused.MessageText} ({refused.SqlState})" : cause.Message;
}
