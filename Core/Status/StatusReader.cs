using Npgsql;
using NpgsqlTypes;
using OpsMantik.Core.Database;

namespace OpsMantik.Core.Status;

/// <summary>Reads how things stand, in one round trip, and changes nothing.</summary>
public sealed class StatusReader
{
    /// <summary>Latest failures that a report lists.</summary>
    public const int MostFailures = 20;

    /// <summary>Rows of each kind, and batches, that a site's report lists.</summary>
    public const int MostOfSite = 25;

    // Bounds what an hour full of failures costs.
    private const int MostCounted = 5_000;
    private const int TimeoutSeconds = 15;

    private static readonly string SitesSql = SqlText.Load("Status.Sql.Sites");
    private static readonly string HoursSql = SqlText.Load("Status.Sql.Hours");
    private static readonly string SamplesSql = SqlText.Load("Status.Sql.Samples");
    private static readonly string FailuresSql = SqlText.Load("Status.Sql.Failures");
    private static readonly string FailureCodesSql = SqlText.Load("Status.Sql.FailureCodes");
    private static readonly string TicksSql = SqlText.Load("Status.Sql.Ticks");
    private static readonly string SiteRowsSql = SqlText.Load("Status.Sql.SiteRows");
    private static readonly string SiteLedgerSql = SqlText.Load("Status.Sql.SiteLedger");

    private readonly NpgsqlDataSource _database;

    internal StatusReader(NpgsqlDataSource database) => _database = database;

    /// <exception cref="NpgsqlException">The database cannot be read.</exception>
    public async Task<StatusReport> ReadAsync(CancellationToken cancellationToken)
    {
        await using var batch = CreateBatch(
            Of("select now()"),
            Of(SitesSql, Site(null)),
            Of(HoursSql, Site(null)),
            Of(SamplesSql),
            Of(FailuresSql, Number(MostFailures)),
            Of(FailureCodesSql, Number(MostCounted)),
            Of(TicksSql));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var results = new StatusResults(reader, cancellationToken);
        var takenAt = await results.TimeAsync();
        return new StatusReport(
            takenAt,
            await results.SitesAsync(takenAt),
            await results.HoursAsync(),
            await results.SamplesAsync(),
            await results.FailuresAsync(),
            await results.FailureCountsAsync(),
            await results.TicksAsync());
    }

    /// <summary>Null when the site has never had a row, an upload or an open circuit at the provider.</summary>
    /// <exception cref="NpgsqlException">The database cannot be read.</exception>
    public async Task<SiteReport?> ReadSiteAsync(
        Guid siteId, string providerKey, CancellationToken cancellationToken)
    {
        await using var batch = CreateBatch(
            Of("select now()"),
            Of(SitesSql, Site(siteId)),
            Of(HoursSql, Site(siteId)),
            Of(SiteRowsSql, Site(siteId), Text(providerKey), Number(MostOfSite)),
            Of(SiteLedgerSql, Site(siteId), Text(providerKey), Number(MostOfSite)));
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        var results = new StatusResults(reader, cancellationToken);
        var states = await results.SitesAsync(await results.TimeAsync());
        var hours = await results.HoursAsync();
        var rows = await results.RowsAsync();
        var ledger = await results.LedgerAsync();
        return states.FirstOrDefault(state => state.ProviderKey == providerKey) is { } state
            ? new SiteReport(state, hours, rows, ledger)
            : null;
    }

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
