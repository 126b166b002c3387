using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Reliability.Report;
using OpsMantik.Testbed;

namespace OpsMantik.Reliability.Invariants;

/// <summary>Every promise that rows, audit and emulator can be asked about, in every scenario.</summary>
internal static class AllInvariants
{
    // Of each invariant: enough to look into, without burying the next one.
    private const int MostTold = 5;

    private static readonly IInvariant[] All =
    [
        new SqlInvariant("EachRowInOneState"), new SqlInvariant("EndsAreFinal"), new SqlInvariant("LegalWays"),
        new SqlInvariant("OneLiveClaim"), new SqlInvariant("AttemptsCounted"), new SqlInvariant("NoneLeftProcessing"),
        new SqlInvariant("CircuitsObeyed"), new SqlInvariant("CountersAgree"), new SameIdentity(), new OneEffectPerRow(),
        new OneSitePerRequest(), new SentPerClaim(),
    ];

    private static readonly string AuditSql = InvariantSql.Load("Audit");

    /// <summary>Installs the audit that the invariants ask; before the first row is queued.</summary>
    public static Task WatchAsync(TestbedDatabase database) => database.ExecuteAsync(AuditSql);

    /// <summary>Judges one run.</summary>
    /// <param name="name">The scenario's, and what is needed to see this run again.</param>
    public static async Task<ScenarioResult> CheckAsync(
        string name, TestbedDatabase database, GoogleEmulator google, TimeSpan timeToRecover)
    {
        var evidence = await Evidence.GatherAsync(database, google);
        var effects = Effects.Of(evidence);
        List<string> broken = [];
        foreach (var invariant in All)
            broken.AddRange((await invariant.FindBreachesAsync(evidence)).Take(MostTold));
        return new ScenarioResult(
            name, 1, evidence.Rows.Count, effects.Lost.Count, effects.Unexpected.Count, effects.Duplicated.Count,
            effects.Recovered.Count, timeToRecover, broken);
    }
}
