using Npgsql;

namespace OpsMantik.Core.Status;

/// <summary>The results of the status queries, read one after the other; each knows its query's columns.</summary>
internal sealed class StatusResults(NpgsqlDataReader reader, CancellationToken cancellationToken)
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
    });

    public Task<List<HourOutcome>> HoursAsync() => NextAsync(() => new HourOutcome(
        reader.GetDateTime(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3)));

    public Task<List<BacklogSample>> SamplesAsync() => NextAsync(() => new BacklogSample(
        reader.GetString(0), reader.GetDateTime(1), reader.GetInt64(2), reader.GetDouble(3)));

    public Task<List<FailedRow>> FailuresAsync() => NextAsync(() => new FailedRow(
        reader.GetGuid(0),
        reader.GetGuid(1),
        reader.GetGuid(2),
        reader.GetString(3),
        reader.GetDateTime(4),
        TextAt(5),
        TextAt(6),
        TextAt(7)));

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
        TextAt(9)));

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
