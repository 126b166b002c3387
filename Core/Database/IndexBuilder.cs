using System.Text.RegularExpressions;
using Npgsql;

namespace OpsMantik.Core.Database;

/// <summary>Builds the indexes that a database lacks, each in a step of its own, beside readers and writers.</summary>
/// <remarks>
/// The catalogue is the journal: an index that is there and valid is done. A build that failed leaves an invalid one, which
/// every write pays for and no query uses; it is dropped and built again. The session that builds holds the migration's lock,
/// so a build whose <c>migrate</c> was killed is waited for, not dropped.
/// </remarks>
/// <param name="session">In no transaction: a build waits for every older one, and would wait for its own.</param>
/// <param name="patience">How long a build waits for one older transaction.</param>
/// <param name="tell">Gets a line when a build begins, and when it waits.</param>
internal sealed class IndexBuilder(NpgsqlConnection session, TimeSpan patience, Action<string> tell)
{
    private const string StateSql =
        """
        select i.indisvalid
        from pg_catalog.pg_index i
        where i.indexrelid = to_regclass('public.' || $1)
        """;

    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(250);
    private static readonly string BlockerSql = SqlText.Load("Database.Sql.Blocker");

    /// <returns>The names of the steps that were to be done, in order.</returns>
    /// <exception cref="MigrationException">A build failed, or an older transaction did not end; what is built stays.</exception>
    public IReadOnlyList<string> BuildMissing(IEnumerable<TableIndex> indexes)
    {
        // A build may take longer than a server lets statements take.
        Set("statement_timeout", TimeSpan.Zero);
        List<string> built = [];
        foreach (var index in indexes)
        {
            var valid = ReadState(index);
            if (valid is true)
                continue;
            tell($"{index.Step}: building it");
            if (valid is false)
                Execute(index, Drop(index));
            Execute(index, index.Create);
            built.Add(index.Step);
        }

        return built;
    }

    /// <summary>It is there and valid.</summary>
    public bool IsBuilt(TableIndex index) => ReadState(index) is true;

    private static string Drop(TableIndex index) => $"drop index concurrently if exists public.{index.Name}";

    /// <returns>Whether it is valid; null when there is none.</returns>
    private bool? ReadState(TableIndex index)
    {
        using var command = new NpgsqlCommand(StateSql, session);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = index.Name });
        return command.ExecuteScalar() as bool?;
    }

    private void Execute(TableIndex index, string sql)
    {
        Set("lock_timeout", patience);
        using var command = new NpgsqlCommand(sql, session) { CommandTimeout = 0 };
        string? blocker = null;
        try
        {
            var work = Task.Run(command.ExecuteNonQuery);
            using var watch = session.CloneWith(session.ConnectionString);
            while (Task.WaitAny([work], WatchInterval) < 0)
            {
                if (ReadBlocker(watch) is not { } now || now == blocker)
                    continue;
                blocker = now;
                tell($"{index.Step}: waits for {blocker}");
            }

            work.GetAwaiter().GetResult();
        }
        catch (PostgresException exception)
        {
            RemoveRemains(index);
            throw exception.SqlState == PostgresErrorCodes.LockNotAvailable
                ? MigrationException.OfBlockedIndex(index.Step, blocker ?? "an older transaction", patience, exception)
                : MigrationException.OfIndex(index.Step, exception);
        }
    }

    // A unique index refuses the application's rows even while it is invalid. The next migration drops it if this cannot.
    internal void RemoveRemains(TableIndex index)
    {
        try
        {
            Set("lock_timeout", TimeSpan.FromSeconds(1));
            using var command = new NpgsqlCommand(Drop(index), session);
            command.ExecuteNonQuery();
        }
        catch (Exception exception) when (exception is NpgsqlException or InvalidOperationException)
        {
            // The transaction that was in the way still is, or the session is gone.
        }
    }

    private string? ReadBlocker(NpgsqlConnection watch)
    {
        try
        {
            if (watch.State != System.Data.ConnectionState.Open)
                watch.Open();
            using var command = new NpgsqlCommand(BlockerSql, watch);
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = session.ProcessID });
            return command.ExecuteScalar() as string;
        }
        catch (NpgsqlException)
        {
            // No connection is left for it: the build goes on unwatched.
            return null;
        }
    }

    private void Set(string setting, TimeSpan time)
    {
        using var command = new NpgsqlCommand($"set {setting} = {(long)time.TotalMilliseconds}", session);
        command.ExecuteNonQuery();
    }
}

/// <summary>An index of a table that may be large: Indexes.sql has them all. The catalogue says whether it is built.</summary>
/// <param name="Name">In schema public.</param>
/// <param name="Create">The statement that builds it beside readers and writers; not for a transaction.</param>
/// <param name="Table">In schema public.</param>
internal sealed partial record TableIndex(string Name, string Create, string Table)
{
    /// <summary>In the order in which they are built.</summary>
    public static IReadOnlyList<TableIndex> All { get; } = Parse(SqlText.Load("Database.Sql.Indexes"));

    /// <summary>The same for a queue in which a row may have no sale.</summary>
    public static IReadOnlyList<TableIndex> OfNewerQueue { get; } = Parse(SqlText.Load("Database.Sql.NewerIndexes"));

    /// <summary>For one script's look at the whole queue: built before it, removed with it.</summary>
    public static TableIndex OfHeldRows { get; } = new(
        "opsmantik_held_rows_idx",
        """
        create index concurrently opsmantik_held_rows_idx on public.offline_conversion_queue (id)
            where status in ('QUEUED', 'RETRY') and next_retry_at = 'infinity' and last_error = 'CIRCUIT_OPEN'
        """,
        "offline_conversion_queue");

    /// <summary>As <c>migrate</c> and the check at start name it.</summary>
    public string Step => $"index {Name}";

    internal static IReadOnlyList<TableIndex> Parse(string sql) =>
        [.. Statement().Matches(sql).Select(match => new TableIndex(match.Groups["name"].Value, match.Value, match.Groups["table"].Value))];

    [GeneratedRegex(@"^create (unique )?index concurrently (?<name>\w+)\s+on public\.(?<table>\w+)[^;]+;", RegexOptions.Multiline)]
    private static partial Regex Statement();
}
