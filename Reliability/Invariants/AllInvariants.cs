using OpsMantik.Local.GoogleEmulator;
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
        new SqlInvariant("CircuitsObeyed"), new SqlInvariant("CountersAgree"), new SqlInvariant("CorrectionsInOrder"), new SameIdentity(), new OneEffectPerRow(),
        new OneSitePerRequest(), new SentPerClaim(), new CanceledSales(), new ConfirmedSales(),
    ];

    private static readonly string AuditSql = InvariantSql.Load("Audit");

    /// <summary>Installs the audit that the invariants ask; before the first row is queued.</summary>
    public static Task WatchAsync(TestbedDatabase database) => database.ExecuteAsync(AuditSql);

    /// <summary>InvariantChecks one run.</summary>
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

/// <summary>One promise, checked over what a scenario left behind.</summary>
internal interface IInvariant
{
    /// <returns>Where it does not hold, a line each; empty when all is well.</returns>
    Task<IReadOnlyList<string>> FindBreachesAsync(Evidence evidence);
}

/// <summary>Reads the .sql files of this folder, embedded in the assembly.</summary>
internal static class InvariantSql
{
    public static string Load(string name)
    {
        using var stream = typeof(InvariantSql).Assembly
            .GetManifestResourceStream($"{typeof(InvariantSql).Namespace}.Sql.{name}.sql")
            ?? throw new InvalidOperationException($"There is no embedded {name}.sql.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>A promise that the rows and their audit can be asked about: the file's statement returns the breaches.</summary>
internal sealed class SqlInvariant(string name) : IInvariant
{
    private readonly string _sql = InvariantSql.Load(name);

    public async Task<IReadOnlyList<string>> FindBreachesAsync(Evidence evidence)
    {
        await using var command = evidence.Database.Admin.CreateCommand(_sql);
        command.CommandTimeout = 600;
        await using var reader = await command.ExecuteReaderAsync();
        List<string> breaches = [];
        while (await reader.ReadAsync())
            breaches.Add($"{name}: {reader.GetString(0)}");
        return breaches;
    }
}

/// <summary>What was counted was asked for, once; and what is COMPLETED was counted.</summary>
internal sealed class OneEffectPerRow : IInvariant
{
    public Task<IReadOnlyList<string>> FindBreachesAsync(Evidence evidence)
    {
        var effects = Effects.Of(evidence);
        return Task.FromResult<IReadOnlyList<string>>(
        [
            .. effects.Lost.Select(order => $"OneEffectPerRow: lost {order}: {evidence.Rows[order].Status} {evidence.Rows[order].Code}"),
            .. effects.Unexpected.Select(order => $"OneEffectPerRow: unexpected {order}"),
        ]);
    }
}

/// <summary>A request carries rows and credentials of one site only, and a site always the same account and consent.</summary>
internal sealed class OneSitePerRequest : IInvariant
{
    public Task<IReadOnlyList<string>> FindBreachesAsync(Evidence evidence)
    {
        List<string> breaches = [];
        var owners = new Dictionary<string, Guid>();
        foreach (var sent in evidence.Sent)
        {
            if (!evidence.Rows.TryGetValue(sent.OrderId, out var row))
                continue;
            if (!owners.TryAdd(sent.CustomerId, row.SiteId) && owners[sent.CustomerId] != row.SiteId)
                breaches.Add($"OneSitePerRequest: request {sent.Request} sent a row of {row.SiteId} to another's account");
            // BulkSeed numbers a site's account and consent alike.
            if (sent.RefreshToken is { } token && !token.EndsWith($"-{sent.CustomerId.TrimStart('0')}", StringComparison.Ordinal))
                breaches.Add($"OneSitePerRequest: request {sent.Request} used another site's consent");
        }

        return Task.FromResult<IReadOnlyList<string>>(breaches);
    }
}

/// <summary>However often a row is sent, it carries the row's own order id, click id and time.</summary>
internal sealed class SameIdentity : IInvariant
{
    public Task<IReadOnlyList<string>> FindBreachesAsync(Evidence evidence) => Task.FromResult<IReadOnlyList<string>>(
    [
        .. from sent in evidence.Sent
           let row = evidence.Rows.GetValueOrDefault(sent.OrderId)
           where row is null
               || sent.ClickId != row.ClickId
               || sent.Time.ToUnixTimeSeconds() != row.Time.ToUnixTimeSeconds()
           select $"SameIdentity: request {sent.Request} sent order {sent.OrderId} with click {sent.ClickId} at {sent.Time:u}",
    ]);
}

/// <summary>
/// A claim sends its rows once: nothing arrives more often than it was claimed. So without a fault nothing is sent
/// twice, and a crash repeats the batches in flight and no others. On Data Manager a correction is an event like another, and has a claim
/// of its own.
/// </summary>
internal sealed class SentPerClaim : IInvariant
{
    public Task<IReadOnlyList<string>> FindBreachesAsync(Evidence evidence) => Task.FromResult<IReadOnlyList<string>>(
    [
        .. from sent in evidence.Sent
           where !sent.TurnedAway
           group sent by sent.OrderId into times
           let row = evidence.Rows.GetValueOrDefault(times.Key)
           where row is not null && times.Count() > row.Claims + (times.First().IsEvent ? row.CorrectionClaims : 0)
           select $"SentPerClaim: {times.Key} was claimed {row.Claims} times and sent {times.Count()} times",
    ]);
}

/// <summary>A sale that is canceled in the end counts for nothing in the end: it was not sent, or is retracted or worth nothing.</summary>
internal sealed class CanceledSales : IInvariant
{
    public Task<IReadOnlyList<string>> FindBreachesAsync(Evidence evidence) => Task.FromResult<IReadOnlyList<string>>(
    [
        .. from row in evidence.Rows
           where row.Value is { IsCanceled: true, Status: not QueueRow.Deleted }
           from state in evidence.Conversions[row.Key]
           where !state.IsRetracted && state.Value != 0
           select $"CanceledSales: {row.Key} is canceled and counts {state.Value} {state.Currency}",
    ]);
}

/// <summary>
/// A sale that is confirmed in the end counts with its last value, unless its correction FAILED and says so: as CONVERSION_RETRACTED
/// when it was confirmed again after a retraction.
/// </summary>
internal sealed class ConfirmedSales : IInvariant
{
    public Task<IReadOnlyList<string>> FindBreachesAsync(Evidence evidence) => Task.FromResult<IReadOnlyList<string>>(
    [
        .. from row in evidence.Rows
           where row.Value is { IsCanceled: false, Status: "COMPLETED", CorrectionFailed: false, Value: not null }
           from state in evidence.Conversions[row.Key]
           where state.IsRetracted || state.Value != row.Value.Value
           select $"ConfirmedSales: {row.Key} is {row.Value.Value} and counts {state.Value} {state.Currency}",
        .. from row in evidence.Rows
           where row.Value is { IsCanceled: false, Status: "FAILED", Code: "SALE_CANCELED", CorrectionFailed: false }
           select $"ConfirmedSales: {row.Key} is confirmed and was not sent",
    ]);
}
