using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using OpsMantik.Core.Database;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Reconciliation;

/// <summary>The store of <c>provider_reconciliations</c> and their days. It reads the ledger, and no row of the queue.</summary>
internal sealed class ReconciliationStore(NpgsqlDataSource database)
{
    // Each is about one site; only taking looks at all of them.
    private const int TimeoutSeconds = 30;

    private static readonly string TakeSql = SqlText.Load("Reconciliation.Sql.Take");
    private static readonly string OursSql = SqlText.Load("Reconciliation.Sql.Ours");
    private static readonly string BatchesSql = SqlText.Load("Reconciliation.Sql.Batches");
    private static readonly string DaysSql = SqlText.Load("Reconciliation.Sql.Days");
    private static readonly string WriteDaysSql = SqlText.Load("Reconciliation.Sql.WriteDays");
    private static readonly string WriteVerdictSql = SqlText.Load("Reconciliation.Sql.WriteVerdict");
    private static readonly string WriteFaultSql = SqlText.Load("Reconciliation.Sql.WriteFault");
    private static readonly string TrimSql = SqlText.Load("Reconciliation.Sql.Trim");

    /// <summary>The database's clock.</summary>
    public async Task<DateTime> ReadTimeAsync(CancellationToken cancellationToken)
    {
        await using var command = Command("select now()");
        return (DateTime)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    /// <summary>Takes the sites with active credentials that were longest not taken.</summary>
    /// <param name="before">Only those that nobody has taken since.</param>
    public async Task<IReadOnlyList<TakenSite>> TakeAsync(
        string provider, Guid? site, DateTime before, int most, CancellationToken cancellationToken)
    {
        await using var command = Command(TakeSql, Text(provider), Optional(site, NpgsqlDbType.Uuid), Time(before), Number(most));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<TakenSite> sites = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            sites.Add(new TakenSite(
                reader.GetGuid(0),
                new SealedCredential(reader.GetString(1), reader.GetString(2)),
                reader.IsDBNull(3) || reader.IsDBNull(4) ? null : new AccountZone(reader.GetString(3), reader.GetString(4)),
                reader.IsDBNull(5) ? null : reader.GetString(5),
                reader.IsDBNull(6) ? null : reader.GetFieldValue<DateOnly>(6)));
        }

        return sites;
    }

    /// <summary>What we sent on each of the days.</summary>
    public async Task<IReadOnlyList<OwnCounts>> ReadOwnAsync(
        string provider, Guid site, AccountDays days, TimeSpan settleAfter, CancellationToken cancellationToken)
    {
        await using var command = Command(
            OursSql, Id(site), Text(provider), Array(days.Starts), Array(days.Ends), Seconds(settleAfter));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<OwnCounts> counts = [];
        while (await reader.ReadAsync(cancellationToken))
            counts.Add(new OwnCounts(reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)));
        return counts;
    }

    /// <summary>The uploads that were sent under these numbers.</summary>
    public async Task<IReadOnlyList<(int JobId, string BatchId, DateTime At, long Accepted)>> ReadBatchesAsync(
        string provider, Guid site, DateTime since, int[] jobs, CancellationToken cancellationToken)
    {
        await using var command = Command(BatchesSql, Id(site), Text(provider), Time(since), Array(jobs));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<(int, string, DateTime, long)> batches = [];
        while (await reader.ReadAsync(cancellationToken))
            batches.Add((reader.GetInt32(0), reader.GetString(1), reader.GetDateTime(2), reader.GetInt32(3)));
        return batches;
    }

    /// <param name="action">Null for the action that the site uploads to now.</param>
    public async Task<IReadOnlyList<ReconciledDay>> ReadDaysAsync(
        string provider, Guid site, string? action, DateOnly from, CancellationToken cancellationToken)
    {
        await using var command = Command(DaysSql, Id(site), Text(provider), Optional(action, NpgsqlDbType.Text), Day(from));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await ReconciledDays.ReadAsync(reader, cancellationToken);
    }

    public async Task WriteDaysAsync(
        string provider, Guid site, string action, DateOnly oldest, IReadOnlyList<ReconciledDay> days, CancellationToken cancellationToken)
    {
        await using var command = Command(
            WriteDaysSql,
            Id(site),
            Text(provider),
            Text(action),
            Day(oldest),
            Array([.. days.Select(day => day.Day)]),
            Array([.. days.Select(day => day.Sent)]),
            Array([.. days.Select(day => day.Accepted)]),
            Array([.. days.Select(day => day.Confirmed)]),
            Array([.. days.Select(day => day.Recent)]),
            Array([.. days.Select(day => day.Counted)]),
            Array([.. days.Select(day => day.Failed)]),
            Array([.. days.Select(day => day.Pending)]),
            Array([.. days.Select(day => ReconciliationJson.Write(day.Alerts))]));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task WriteVerdictAsync(
        string provider,
        Guid site,
        ProviderCounts counts,
        DateOnly? since,
        CountComparison comparison,
        IReadOnlyList<ToldAction> actions,
        IReadOnlyList<ReconciledBatch> batches,
        CancellationToken cancellationToken)
    {
        await using var command = Command(
            WriteVerdictSql,
            Id(site),
            Text(provider),
            Text(counts.Account.AccountId),
            Text(counts.Account.TimeZone),
            Text(counts.ActionId),
            Optional(since, NpgsqlDbType.Date),
            Text(VerdictText.Of(comparison.Verdict)),
            Optional(comparison.Reason, NpgsqlDbType.Text),
            new NpgsqlParameter<bool> { TypedValue = comparison.NeedsPerson },
            Day(comparison.From),
            Day(comparison.To),
            Long(comparison.Accepted),
            Long(comparison.Counted),
            Long(comparison.Pending),
            Long(comparison.Missing),
            Text(JsonSerializer.Serialize(actions, ReconciliationJson.Default.IReadOnlyListToldAction)),
            Text(JsonSerializer.Serialize(batches, ReconciliationJson.Default.IReadOnlyListReconciledBatch)));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <param name="lasts">The answer before this one says nothing any more.</param>
    public async Task WriteFaultAsync(
        string provider, Guid site, UploadOutcome fault, string reason, bool lasts, CancellationToken cancellationToken)
    {
        await using var command = Command(
            WriteFaultSql,
            Id(site),
            Text(provider),
            Text(fault.Code!),
            Text(fault.Message ?? ""),
            Text(reason),
            new NpgsqlParameter<bool> { TypedValue = lasts });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>Forgets sites and actions that nobody has renewed for as long as days are kept.</summary>
    public async Task TrimAsync(CancellationToken cancellationToken)
    {
        await using var command = Command(TrimSql, Seconds(TimeSpan.FromDays(ReconcileOptions.KeptDays)));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private NpgsqlCommand Command(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = database.CreateCommand(sql);
        command.CommandTimeout = TimeoutSeconds;
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return command;
    }

    private static NpgsqlParameter<Guid> Id(Guid id) => new() { TypedValue = id };

    private static NpgsqlParameter<string> Text(string text) => new() { TypedValue = text };

    private static NpgsqlParameter<int> Number(int number) => new() { TypedValue = number };

    private static NpgsqlParameter<long> Long(long number) => new() { TypedValue = number };

    private static NpgsqlParameter<double> Seconds(TimeSpan time) => new() { TypedValue = time.TotalSeconds };

    private static NpgsqlParameter<DateTime> Time(DateTime time) => new() { TypedValue = time };

    private static NpgsqlParameter<DateOnly> Day(DateOnly day) => new() { TypedValue = day };

    private static NpgsqlParameter<T[]> Array<T>(T[] values) => new() { TypedValue = values };

    private static NpgsqlParameter Optional(object? value, NpgsqlDbType type) => new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}

/// <summary>A site whose turn it is.</summary>
/// <param name="Account">As an earlier answer told; null when there was none.</param>
/// <param name="ActionId">Likewise.</param>
/// <param name="ActionSince">Since when it uploads to that action; null when it always has.</param>
internal sealed record TakenSite(Guid SiteId, SealedCredential Credential, AccountZone? Account, string? ActionId, DateOnly? ActionSince);

/// <summary>Reads what <c>Days.sql</c> selects.</summary>
internal static class ReconciledDays
{
    /// <param name="first">The column of the day.</param>
    public static ReconciledDay Read(NpgsqlDataReader reader, int first = 0) => new(
        reader.GetFieldValue<DateOnly>(first),
        reader.GetInt64(first + 1),
        reader.GetInt64(first + 2),
        reader.GetInt64(first + 3),
        reader.GetInt64(first + 4),
        LongAt(reader, first + 5),
        LongAt(reader, first + 6),
        LongAt(reader, first + 7),
        ReconciliationJson.ReadAlerts(reader.GetString(first + 8)));

    public static async Task<IReadOnlyList<ReconciledDay>> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        List<ReconciledDay> days = [];
        while (await reader.ReadAsync(cancellationToken))
            days.Add(Read(reader));
        return days;
    }

    private static long? LongAt(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetInt64(column);
}

/// <summary>A verdict as it is stored.</summary>
internal static class VerdictText
{
    public static string Of(CountVerdict verdict) => verdict switch
    {
        CountVerdict.Agrees => "AGREES",
        CountVerdict.Fewer => "FEWER",
        _ => "NOT_COMPARABLE",
    };

    public static CountVerdict Parse(string text) => text switch
    {
        "AGREES" => CountVerdict.Agrees,
        "FEWER" => CountVerdict.Fewer,
        _ => CountVerdict.NotComparable,
    };
}
