using Npgsql;

namespace OpsMantik.Core.Database;

/// <summary>What <c>migrate</c> would do to a database. Reading it changes nothing and waits for no lock longer than a second.</summary>
/// <param name="Refusals">Why it would do nothing; empty when it would do the steps.</param>
/// <param name="Notes">What will not work on this database although it can be migrated.</param>
/// <param name="Steps">In order; all but those of indexes in one transaction.</param>
public sealed record MigrationPlan(IReadOnlyList<string> Refusals, IReadOnlyList<string> Notes, IReadOnlyList<PlannedStep> Steps)
{
    /// <exception cref="NpgsqlException">The database cannot be reached, or refuses to be looked at.</exception>
    public static MigrationPlan Read(string connectionString)
    {
        using var session = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(connectionString) { Pooling = false, Options = "-c lock_timeout=1000" }.ConnectionString);
        session.Open();
        var pending = PendingMigration.Read(session, SchemaMigrator.Scripts, TableIndex.All);
        if (pending.IsNothing)
            return new MigrationPlan([], [], []);
        var check = MigrationCheck.Read(session, pending);
        var locks = ScriptLock.Read(session, pending.Scripts).ToLookup(one => (one.Script, one.Statement));
        IEnumerable<PlannedStep> steps =
        [
            .. pending.Join.Select(join => new PlannedStep(
                PendingMigration.JoinStep, false, [new PlannedStatement(join.Sql, join.Table is null ? [] : [new(join.Table, join.Mode!, ScriptLock.ReadRows(session, join.Table))], 0)])),
            .. pending.Scripts.Select(script => new PlannedStep(
                script.Name,
                false,
                [.. ScriptLock.Split(script.Contents).Select((sql, place) => new PlannedStatement(
                    sql, [.. locks[(script.Name, place + 1)].Select(one => new PlannedLock(one.Table, one.Mode, one.Rows))], ScriptLock.EstimateRows(session, sql)))])),
            .. pending.Indexes.Select(index => new PlannedStep(
                index.Step, true, [new PlannedStatement(index.Create, [new(index.Table, "SHARE UPDATE EXCLUSIVE", ScriptLock.ReadRows(session, index.Table))], 0)])),
        ];
        return new MigrationPlan([.. SchemaMigrator.FindPooler(session), .. check.Refusals], check.Notes, [.. steps]);
    }

    /// <summary>For people: a line for each step and statement, with its locks and rows behind it.</summary>
    public IEnumerable<string> ToLines() =>
    [
        .. Refusals.Select(reason => $"refused: {reason}"),
        .. Notes.Select(note => $"note: {note}"),
        .. Steps.SelectMany(step => (string[])
        [
            step.Name + (step.Concurrently ? " (by itself, beside readers and writers)" : ""),
            .. step.Statements.Select((statement, place) => $"{place + 1,4}  {statement}"),
        ]),
    ];
}

/// <param name="Concurrently">In no transaction, beside readers and writers; else in one with all other steps.</param>
public sealed record PlannedStep(string Name, bool Concurrently, IReadOnlyList<PlannedStatement> Statements);

/// <param name="Sql">Without the comments before it.</param>
/// <param name="Locks">On tables that are there, at most; but for those of readers.</param>
/// <param name="Rows">That it writes, as the server estimates them; null when it cannot yet.</param>
public sealed record PlannedStatement(string Sql, IReadOnlyList<PlannedLock> Locks, long? Rows)
{
    /// <summary>Its first line, what it locks, and what it writes.</summary>
    public override string ToString() => string.Join(
        "; ",
        [
            Sql.Split('\n')[0].TrimEnd(' ', '(', ';', '\r'),
            .. Locks.Select(one => FormattableString.Invariant($"{one.Mode} on {one.Table}{(one.TableRows is { } rows ? $" ({rows:N0} rows)" : "")}")),
            .. Rows is 0 ? (string[])[] : [FormattableString.Invariant($"writes {(Rows is { } some ? $"about {some:N0}" : "an unknown number of")} rows")],
        ]);
}

/// <param name="TableRows">As the server last estimated them; null when it has not.</param>
public sealed record PlannedLock(string Table, string Mode, long? TableRows);
