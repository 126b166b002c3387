using DbUp;
using DbUp.Engine;
using DbUp.Support;
using Npgsql;

namespace OpsMantik.Core.Database;

/// <summary>What a database lacks, as its catalogue and its journal say. Reading it changes and locks nothing.</summary>
/// <param name="IsNew">It has no queue: nobody works on it yet.</param>
/// <param name="QueueSize">Bytes of the queue's rows.</param>
/// <param name="Join">What the dashboard's newer tables need before the scripts.</param>
/// <param name="Scripts">Those that are not in the journal, in order.</param>
/// <param name="Indexes">Those that are missing, or that a failed build left invalid, in order.</param>
/// <param name="Unknown">Scripts of the journal that this program does not know: a newer one applied them.</param>
internal sealed record PendingMigration(
    bool IsNew,
    long QueueSize,
    IReadOnlyList<JoinStatement> Join,
    IReadOnlyList<SqlScript> Scripts,
    IReadOnlyList<TableIndex> Indexes,
    IReadOnlyList<string> Unknown)
{
    /// <summary>Name of the step that makes the dashboard's newer tables ready.</summary>
    public const string JoinStep = "the dashboard's newer tables";

    // It looks for held rows in the whole queue while the sites are locked: of 16 MB, some ten milliseconds.
    private const string ScanningScript = "0002_queue.sql";
    private const long LargeQueue = 16 << 20;

    private static readonly string Sql = SqlText.Load("Database.Sql.Pending");
    private static readonly string JoinSql = SqlText.Load("Database.Sql.Join");

    public bool IsNothing => Join.Count == 0 && Scripts.Count == 0 && Indexes.Count == 0;

    /// <summary>A script would read a large queue under a lock: it wants <see cref="TableIndex.OfHeldRows"/>.</summary>
    public bool ScansLargeQueue => QueueSize > LargeQueue && Scripts.Any(script => script.Name == ScanningScript);

    /// <summary>All that belongs into the one transaction.</summary>
    public IReadOnlyList<SqlScript> InOrder =>
    [
        .. Join.Count == 0 ? (SqlScript[])[] : [Always(JoinStep, -1, string.Join(";\n", Join.Select(statement => statement.Sql)))],
        .. Scripts,
        .. ScansLargeQueue ? [Always(TableIndex.OfHeldRows.Step, 1, $"drop index if exists public.{TableIndex.OfHeldRows.Name}")] : (SqlScript[])[],
    ];

    /// <summary>A script that runs each time, without a line in the journal.</summary>
    public static SqlScript Always(string name, int place, string sql) => new(
        name, sql, new SqlScriptOptions { ScriptType = ScriptType.RunAlways, RunGroupOrder = DbUpDefaults.DefaultRunGroupOrder + place });

    public static PendingMigration Read(
        NpgsqlConnection session, IReadOnlyList<SqlScript> scripts, IReadOnlyList<TableIndex> indexes)
    {
        bool isNew, isNewerQueue;
        long size;
        using (var ask = new NpgsqlCommand(Sql, session))
        using (var reader = ask.ExecuteReader())
        {
            reader.Read();
            (isNew, isNewerQueue, size) = (reader.GetBoolean(0), reader.GetBoolean(1), reader.GetInt64(2));
        }

        var applied = ReadJournal(session);
        var builder = new IndexBuilder(session, TimeSpan.Zero, _ => { });
        return new PendingMigration(
            isNew,
            size,
            ReadJoin(session),
            [.. scripts.Where(script => !applied.Contains(script.Name)).OrderBy(script => script.Name, StringComparer.Ordinal)],
            [.. (isNewerQueue ? indexes.Concat(indexes.Count > 0 ? TableIndex.OfNewerQueue : []) : indexes).Where(index => !builder.IsBuilt(index))],
            [.. applied.Except(scripts.Select(script => script.Name)).Except(Migrations.Names).Except(Migrations.Replaced).Order(StringComparer.Ordinal)]);
    }

    private static HashSet<string> ReadJournal(NpgsqlConnection session)
    {
        using var exists = new NpgsqlCommand($"select to_regclass('public.{SchemaMigrator.Journal}') is not null", session);
        if (exists.ExecuteScalar() is not true)
            return [];
        using var ask = new NpgsqlCommand($"select array_agg(scriptname) from public.{SchemaMigrator.Journal}", session);
        return [.. ask.ExecuteScalar() as string[] ?? []];
    }

    private static List<JoinStatement> ReadJoin(NpgsqlConnection session)
    {
        using var ask = new NpgsqlCommand(JoinSql, session);
        using var reader = ask.ExecuteReader();
        List<JoinStatement> statements = [];
        while (reader.Read())
            statements.Add(new JoinStatement(reader.GetValue(0) as string, reader.GetValue(1) as string, reader.GetString(2)));

        return statements;
    }
}

/// <summary>A statement that makes a table of the dashboard's ready, and what it locks.</summary>
internal sealed record JoinStatement(string? Table, string? Mode, string Sql);
