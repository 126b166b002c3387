using System.Text.RegularExpressions;
using Npgsql;

namespace OpsMantik.Core.Database;

/// <summary>Looks whether a migration can be made, before it changes anything.</summary>
/// <param name="Refusals">Why not; empty when it can.</param>
/// <param name="Notes">What will not work on this database although it can.</param>
internal sealed partial record MigrationCheck(IReadOnlyList<string> Refusals, IReadOnlyList<string> Notes)
{
    // From then on the queue is ours as well.
    private const string JoiningScript = "0002_queue.sql";

    // Every row of the queue is read.
    private const int QueueScanSeconds = 600;

    private static readonly string Sql = SqlText.Load("Database.Sql.Refusals");
    private static readonly string TransitionsSql = SqlText.Load("Database.Sql.Transitions");

    public static MigrationCheck Read(NpgsqlConnection session, PendingMigration pending)
    {
        List<string> refusals = [], notes = [];
        if (pending.Unknown.Count > 0)
        {
            var missing = pending.Scripts.Select(script => script.Name).FirstOrDefault() ?? "a step";
            refusals.Add(
                $"a newer program migrated this database ({string.Join(", ", pending.Unknown)}), and {missing} is missing all the same: migrate with that program");
        }

        refusals.AddRange(ReadRefusals(session, pending));
        if (pending.Indexes.Intersect(TableIndex.OfNewerQueue).Any() && HasSalesTwice(session))
            refusals.Add("table offline_conversion_queue has several rows with the same sale in its column sale_id");
        if (!pending.IsNew && refusals.Count == 0 && pending.Scripts.Any(script => script.Name == JoiningScript))
            TryTransitions(session, refusals, notes);
        return new MigrationCheck(refusals, notes);
    }

    private static List<string> ReadRefusals(NpgsqlConnection session, PendingMigration pending)
    {
        string[] Names(Regex pattern) =>
            [.. pending.Scripts.SelectMany(script => pattern.Matches(script.Contents).Select(match => match.Groups[1].Value)).Distinct()];
        string[] locked =
        [
            SchemaMigrator.Journal, .. ScriptLock.Read(session, pending.Scripts).Select(one => one.Table),
            .. pending.Join.Select(statement => statement.Table).OfType<string>(), .. pending.Indexes.Select(index => index.Table),
        ];
        using var ask = new NpgsqlCommand(Sql, session);
        ask.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = locked });
        ask.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Names(ReplacedFunction()) });
        ask.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = Names(CreatedTable()) });
        using var reader = ask.ExecuteReader();
        List<string> reasons = [];
        while (reader.Read())
            reasons.Add(reader.GetString(0));
        return reasons;
    }

    // Its unique index could not be built. Without that index the whole queue is read, beside readers and writers.
    private static bool HasSalesTwice(NpgsqlConnection session)
    {
        using var ask = new NpgsqlCommand(
            "select exists (select from public.offline_conversion_queue q where q.sale_id is not null group by q.sale_id having count(*) > 1)", session)
        { CommandTimeout = QueueScanSeconds };
        return ask.ExecuteScalar() is true;
    }

    // A trigger of the dashboard's may let only its own steps pass.
    private static void TryTransitions(NpgsqlConnection session, List<string> refusals, List<string> notes)
    {
        using var transaction = session.BeginTransaction();
        using var attempt = new NpgsqlCommand(TransitionsSql, session, transaction);
        using var reader = attempt.ExecuteReader();
        List<(string Trigger, string From, string To, string Message)> refused = [];
        while (reader.Read())
            refused.Add((reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3)));
        foreach (var byTrigger in refused.GroupBy(step => step.Trigger))
        {
            // With the first one's own words, which may quote anything.
            string Describe(List<(string Trigger, string From, string To, string Message)> steps) =>
                $"trigger {byTrigger.Key} of table offline_conversion_queue refuses the column status to go from "
                + string.Join(", ", steps.Select(step => $"{step.From} to {step.To}")) + $" (\"{VisibleText.Escape(steps[0].Message)}\")";
            var ofDataManager = byTrigger.Where(step => step.From == "SUBMITTED" || step.To == "SUBMITTED").ToList();
            var ofCompleted = byTrigger.Where(step => step.From == "COMPLETED").ToList();
            var needed = byTrigger.Except(ofDataManager).Except(ofCompleted).ToList();
            if (needed.Count > 0)
                refusals.Add(Describe(needed) + ", which every upload needs: let it pass them");
            if (ofDataManager.Count > 0)
                notes.Add(Describe(ofDataManager) + ": until it lets them pass, give no site credentials of the Data Manager API");
            if (ofCompleted.Count > 0)
                notes.Add(Describe(ofCompleted) + ": until it lets them pass, requeue --include-completed is refused");
        }
    }

    [GeneratedRegex(@"create or replace function public\.(\w+)")]
    private static partial Regex ReplacedFunction();

    [GeneratedRegex(@"create table if not exists public\.(\w+)")]
    private static partial Regex CreatedTable();
}
