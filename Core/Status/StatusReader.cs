using Npgsql;
using NpgsqlTypes;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Database;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Reconciliation;
using OpsMantik.Core.Sites;

namespace OpsMantik.Core.Status;

/// <summary>Reads how things stand and how the sites are called in one round trip, and changes nothing.</summary>
public sealed class StatusReader
{
    /// <summary>Latest failures that a report lists.</summary>
    public const int MaxFailures = 20;

    /// <summary>Rows of each kind, and batches, that a site's report lists.</summary>
    public const int MaxOfSite = 25;

    /// <summary>Sites whose counts a report lists.</summary>
    public const int MaxCountedSites = 20;

    /// <summary>
    /// Sites whose names a report looks up; each costs a look into the application's table. Where there are more, it must know first
    /// which ones it shows: that is a second round trip.
    /// </summary>
    public const int MaxNamedSites = 5_000;

    /// <summary>
    /// The clock; and nothing that follows in the batch is compiled. The planner wants that once some million rows wait or have failed,
    /// and to compile these 264 functions takes a second (https://www.postgresql.org/docs/current/jit-decision.html).
    /// </summary>
    internal const string OpeningSql = "select now(), set_config('jit', 'off', true)";

    // Bounds what an hour full of failures costs.
    private const int MaxCounted = 5_000;
    private const int TimeoutSeconds = 15;

    private static readonly string SitesSql = SqlText.Load("Status.Sql.Sites");
    private static readonly string HoursSql = SqlText.Load("Status.Sql.Hours");
    private static readonly string SamplesSql = SqlText.Load("Status.Sql.Samples");
    private static readonly string FailuresSql = SqlText.Load("Status.Sql.Failures");
    private static readonly string FailureCodesSql = SqlText.Load("Status.Sql.FailureCodes");
    private static readonly string FailureCausesSql = SqlText.Load("Status.Sql.FailureCauses");
    private static readonly string TicksSql = SqlText.Load("Status.Sql.Ticks");
    private static readonly string CountedSql = SqlText.Load("Status.Sql.Counted");
    private static readonly string FewSiteNamesSql = SqlText.Load("Sites.Sql.FewSiteNames");
    private static readonly string SiteNamesSql = SqlText.Load("Sites.Sql.SiteNames");
    private static readonly string SiteRowsSql = SqlText.Load("Status.Sql.SiteRows");
    private static readonly string SiteLedgerSql = SqlText.Load("Status.Sql.SiteLedger");
    private static readonly string SiteCorrectionsSql = SqlText.Load("Status.Sql.SiteCorrections");

    private readonly NpgsqlDataSource _database;
    private readonly Currencies _currencies;
    private readonly SiteDirectory _sites;

    internal StatusReader(NpgsqlDataSource database, Currencies currencies) =>
        (_database, _currencies, _sites) = (database, currencies, new SiteDirectory(database));

    /// <exception cref="NpgsqlException">The database cannot be read.</exception>
    public async Task<StatusReport> ReadAsync(CancellationToken cancellationToken)
    {
        return await NameAsync(await ReadAllAsync(cancellationToken), cancellationToken);
    }

    /// <summary>
    /// The same, with those sites alone whose name or domain has the text in it, or whose id begins so: of very many, the first 5,000 by
    /// their ids. Upper and lower case are the same.
    /// </summary>
    /// <exception cref="NpgsqlException">The database cannot be read.</exception>
    public async Task<StatusReport> ReadAsync(string look, CancellationToken cancellationToken)
    {
        var report = await ReadAllAsync(cancellationToken);
        var found = (await _sites.SearchAsync(look, MaxNamedSites, cancellationToken)).Select(site => site.Id).ToHashSet();
        return await NameAsync(
            report with
            {
                // A site that the application has deleted is found by its id.
                Sites = [.. report.Sites.Where(site => found.Contains(site.SiteId) || $"{site.SiteId}".StartsWith(look, StringComparison.OrdinalIgnoreCase))],
            },
            cancellationToken);
    }

    private async Task<StatusReport> NameAsync(StatusReport report, CancellationToken cancellationToken)
    {
        var shown = report.Failures.Concat(report.Causes.Select(cause => cause.Latest)).Select(row => row.SiteId).Concat(report.Counted.Select(site => site.SiteId))
            .Concat(report.Ordered.Select(site => site.SiteId));
        var names = report.Names != SiteNames.None
            ? report.Names
            : await _sites.ReadAsync(shown.Distinct().Take(MaxNamedSites), cancellationToken);
        return report with
        {
            Names = names,
            Sites = [.. report.Sites.Select(site => site with { SiteName = names.TitleOf(site.SiteId) })],
            Failures = [.. report.Failures.Select(row => row with { SiteName = names.TitleOf(row.SiteId) })],
            Causes = [.. report.Causes.Select(cause => cause with { Latest = cause.Latest with { SiteName = names.TitleOf(cause.Latest.SiteId) } })],
            Counted = [.. report.Counted.Select(site => site with { SiteName = names.TitleOf(site.SiteId) })],
        };
    }

    private async Task<StatusReport> ReadAllAsync(CancellationToken cancellationToken)
    {
        await using var batch = CreateBatch(
            Of(OpeningSql),
            SitesOf(null),
            Of(HoursSql, Site(null)),
            Of(SamplesSql),
            Of(FailuresSql, Number(MaxFailures)),
            Of(FailureCodesSql, Number(MaxCounted)),
            Of(TicksSql),
            Of(CountedSql, Site(null), Number(MaxCountedSites), Number(ReconcileOptions.WindowDays)),
            Of(FailureCausesSql, Number(MaxCounted)),
            Of(FewSiteNamesSql, Number(MaxNamedSites)));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var results = new StatusResults(reader, _currencies, cancellationToken);
        var takenAt = await results.TimeAsync();
        var report = new StatusReport(
            takenAt,
            await results.SitesAsync(takenAt),
            await results.HoursAsync(),
            await results.SamplesAsync(),
            await results.FailuresAsync(),
            await results.FailureCountsAsync(),
            await results.TicksAsync(),
            await results.CountedAsync())
        {
            Causes = await results.CausesAsync(),
        };
        var known = await results.NamesAsync();
        return known.Count == 0 ? report : report with
        {
            Names = new SiteNames(known.Select(site => site.Id).Union(report.Sites.Select(site => site.SiteId)), known),
        };
    }

    /// <summary>Null when the site has never had a row, an upload or an open circuit at the provider.</summary>
    /// <exception cref="NpgsqlException">The database cannot be read.</exception>
    public async Task<SiteReport?> ReadSiteAsync(
        Guid siteId, string providerKey, CancellationToken cancellationToken)
    {
        await using var batch = CreateBatch(
            Of(OpeningSql),
            SitesOf(siteId),
            Of(HoursSql, Site(siteId)),
            Of(SiteRowsSql, Site(siteId), Text(providerKey), Number(MaxOfSite)),
            Of(SiteLedgerSql, Site(siteId), Text(providerKey), Number(MaxOfSite)),
            Of(CountedSql, Site(siteId), Number(MaxCountedSites), Number(ReconcileOptions.WindowDays)),
            Of(SiteCorrectionsSql, Site(siteId), Text(providerKey), Number(MaxOfSite)),
            NamesOf(siteId));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var results = new StatusResults(reader, _currencies, cancellationToken);
        var states = await results.SitesAsync(await results.TimeAsync());
        var hours = await results.HoursAsync();
        var rows = await results.RowsAsync();
        var ledger = await results.LedgerAsync();
        var counted = await results.CountedAsync();
        var corrections = await results.CorrectionsAsync();
        var names = new SiteNames([siteId], await results.NamesAsync());
        if (states.FirstOrDefault(state => state.ProviderKey == providerKey) is not { } state)
            return null;
        var comparison = counted.FirstOrDefault(site => site.ProviderKey == providerKey);
        return new SiteReport(
            state with { SiteName = names.TitleOf(siteId) },
            hours,
            rows,
            ledger,
            comparison is null ? null : comparison with { SiteName = names.TitleOf(siteId) },
            corrections)
        {
            Names = names,
        };
    }

    // With all sites whose id begins as its does: as SiteDirectory asks for many.
    private static NpgsqlBatchCommand NamesOf(Guid site)
    {
        var start = $"{site}"[..8];
        return Of(
            SiteNamesSql,
            new NpgsqlParameter<Guid[]> { TypedValue = [Guid.ParseExact($"{start}-0000-0000-0000-000000000000", "D")] },
            new NpgsqlParameter<Guid[]> { TypedValue = [Guid.ParseExact($"{start}-ffff-ffff-ffff-ffffffffffff", "D")] });
    }

    /// <summary>The query that says how sites stand.</summary>
    /// <param name="site">Null for all.</param>
    internal static NpgsqlBatchCommand SitesOf(Guid? site) =>
        Of(SitesSql, Site(site), new NpgsqlParameter<string[]> { TypedValue = CorrectionCodes.Final }, Number(SiteState.ManyRejected));

    private NpgsqlBatch CreateBatch(params ReadOnlySpan<NpgsqlBatchCommand> commands)
    {
        var batch = _database.CreateBatch();
        batch.Timeout = TimeoutSeconds;
        foreach (var command in commands)
            batch.BatchCommands.Add(command);
        return batch;
    }

    private static NpgsqlBatchCommand Of(string sql, params ReadOnlySpan<NpgsqlParameter> parameters)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var parameter in parameters)
            command.Parameters.Add(parameter);
        return command;
    }

    private static NpgsqlParameter Site(Guid? site) =>
        new() { Value = (object?)site ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid };

    private static NpgsqlParameter<string> Text(string text) => new() { TypedValue = text };

    private static NpgsqlParameter<int> Number(int number) => new() { TypedValue = number };
}

/// <summary>The results of the status queries, read one after the other; each knows its query's columns.</summary>
internal sealed class StatusResults(NpgsqlDataReader reader, Currencies currencies, CancellationToken cancellationToken)
{
    /// <summary>The first result: the database's clock.</summary>
    public async Task<DateTime> TimeAsync()
    {
        await reader.ReadAsync(cancellationToken);
        return reader.GetDateTime(0);
    }

    public Task<List<SiteState>> SitesAsync(DateTime takenAt) => NextAsync(() => new SiteState
    {
        TakenAt = takenAt,
        ProviderKey = reader.GetString(0),
        SiteId = reader.GetGuid(1),
        Waiting = reader.GetInt64(2),
        OldestAt = TimeAt(3),
        Retry = reader.GetInt64(4),
        Failed = reader.GetInt64(5),
        FailedToday = reader.GetInt64(6),
        Parked = reader.GetInt64(7),
        Refused = reader.GetInt64(8),
        Processing = reader.GetInt64(9),
        Submitted = reader.GetInt64(10),
        Completed = reader.GetInt64(11),
        CredentialsSince = TimeAt(12),
        Circuit = reader.GetString(13),
        OpenedAt = TimeAt(14),
        NextProbeAt = TimeAt(15),
        Isolated = reader.GetBoolean(16),
        Failures = reader.GetInt32(17),
        LastBatch = TimeAt(20) is { } at
            ? new LastBatch(at, TextAt(18), TextAt(19), reader.GetInt32(21), reader.GetInt32(22))
            : null,
        ParkedCode = TextAt(23),
        RefusedCode = TextAt(24),
        SetAside = reader.GetInt64(25),
        Counts = TimeAt(26) is null ? null : ComparisonAt(27),
        Corrections = new CorrectionCounts(
            reader.GetInt64(34), TimeAt(35), reader.GetInt64(36), reader.GetInt64(37), reader.GetInt64(38), TextAt(39)),
        RejectedToday = reader.GetInt64(40),
        CompletedToday = reader.IsDBNull(41) ? null : reader.GetInt64(41),
        RejectedCode = TextAt(42),
    });

    public Task<List<HourOutcome>> HoursAsync() => NextAsync(() => new HourOutcome(
        reader.GetDateTime(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)));

    public Task<List<BacklogSample>> SamplesAsync() => NextAsync(() => new BacklogSample(
        reader.GetString(0), reader.GetDateTime(1), reader.GetInt64(2), reader.GetDouble(3)));

    public Task<List<FailedRow>> FailuresAsync() => NextAsync(() => FailureAt(0));

    public Task<List<FailureCause>> CausesAsync() =>
        NextAsync(() => new FailureCause(reader.GetInt64(0), reader.GetInt64(1), FailureAt(2)));

    private FailedRow FailureAt(int first) => new(
        reader.GetGuid(first),
        reader.GetGuid(first + 1),
        reader.GetGuid(first + 2),
        reader.GetString(first + 3),
        reader.GetDateTime(first + 4),
        TextAt(first + 5),
        TextAt(first + 6),
        TextAt(first + 7));

    public Task<List<FailureCount>> FailureCountsAsync() => NextAsync(() => new FailureCount(
        TextAt(0), TextAt(1), reader.GetInt64(2), reader.GetInt64(3)));

    public Task<List<JobTick>> TicksAsync() => NextAsync(() => new JobTick(reader.GetString(0), reader.GetDateTime(1)));

    public Task<List<StatusRow>> RowsAsync() => NextAsync(() => new StatusRow(
        reader.GetGuid(0),
        reader.GetGuid(1),
        reader.GetString(2),
        reader.GetDateTime(3),
        reader.GetDateTime(4),
        TimeAt(5),
        reader.GetInt32(6),
        TextAt(7),
        TextAt(8),
        TextAt(9),
        AmountAt(10)));

    public Task<List<StatusCorrection>> CorrectionsAsync() => NextAsync(() => new StatusCorrection(
        reader.GetGuid(0),
        reader.GetGuid(1),
        reader.GetString(2),
        reader.IsDBNull(3) ? null : AmountAt(3),
        reader.GetString(5),
        reader.GetDateTime(6),
        reader.GetDateTime(7),
        TimeAt(8),
        TextAt(9),
        TextAt(10),
        TextAt(11)));

    public Task<List<LedgerEntry>> LedgerAsync() => NextAsync(() => new LedgerEntry(
        reader.GetDateTime(0),
        reader.GetInt32(1),
        reader.GetInt32(2),
        reader.GetInt32(3),
        reader.GetInt32(4),
        reader.GetInt32(5),
        reader.IsDBNull(6) ? null : reader.GetInt32(6),
        TextAt(7),
        TextAt(8),
        TextAt(9)));

    public Task<List<SiteName>> NamesAsync() => NextAsync(() => SiteName.Of(reader.GetGuid(0), TextAt(1), TextAt(2)));

    public async Task<List<CountedSite>> CountedAsync()
    {
        var rows = await NextAsync(() => (
            Site: new CountedSite(reader.GetGuid(0), reader.GetString(1), TimeAt(2), TextAt(3), ComparisonAt(4), []),
            Day: reader.IsDBNull(11) ? null : ReconciledDays.Read(reader, 11)));
        return
        [
            .. rows.GroupBy(row => (row.Site.SiteId, row.Site.ProviderKey))
                .Select(site => site.First().Site with { Days = [.. site.Select(row => row.Day).OfType<ReconciledDay>()] }),
        ];
    }

    // Verdict, reason, first day, last day, accepted, counted, pending.
    private CountComparison ComparisonAt(int first) => new(
        VerdictText.Parse(reader.GetString(first)),
        TextAt(first + 1),
        reader.IsDBNull(first + 2) ? default : reader.GetFieldValue<DateOnly>(first + 2),
        reader.IsDBNull(first + 3) ? default : reader.GetFieldValue<DateOnly>(first + 3),
        reader.GetInt64(first + 4),
        reader.GetInt64(first + 5),
        reader.GetInt64(first + 6));

    // Minor units, currency.
    private string AmountAt(int first) => currencies.TryFind(reader.GetString(first + 1), out var currency)
        ? new Money(reader.GetInt64(first), currency).ToString()
        : $"{reader.GetInt64(first)} {reader.GetString(first + 1)}";

    private async Task<List<T>> NextAsync<T>(Func<T> read)
    {
        await reader.NextResultAsync(cancellationToken);
        var list = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            list.Add(read());
        return list;
    }

    private DateTime? TimeAt(int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetDateTime(ordinal);

    private string? TextAt(int ordinal) => reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);
}
