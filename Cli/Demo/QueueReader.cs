using Npgsql;

namespace OpsMantik.Cli.Demo;

/// <summary>Reads the demo's own rows.</summary>
internal sealed class QueueReader(NpgsqlDataSource database, IReadOnlyList<DemoSite> sites)
{
    private const string OpenSql =
        """
        select q.site_id, count(*)
        from public.offline_conversion_queue q
        where q.site_id = any ($1) and q.status in ('QUEUED', 'PROCESSING')
        group by q.site_id
        """;

    private const string SubmittedSql =
        """
        select q.site_id, count(*)
        from public.offline_conversion_queue q
        where q.site_id = any ($1) and q.status = 'SUBMITTED'
        group by q.site_id
        """;

    // updated_at and next_retry_at of a write-back come from one reading of the clock, so this is the wait that it set.
    private const string RowsSql =
        """
        select q.sale_id, q.status, q.provider_error_code, q.retry_count, q.next_retry_at - q.updated_at,
               q.next_retry_at,
               (select string_agg(concat_ws(' ', c.kind, c.status, c.provider_error_code), ', ' order by c.created_at)
                from public.conversion_corrections c
                where c.row_id = q.id)
        from public.offline_conversion_queue q
        where q.site_id = any ($1)
        """;

    private const string CorrectionsSql =
        """
        select c.site_id, count(*)
        from public.conversion_corrections c
        where c.site_id = any ($1) and c.status in ('QUEUED', 'PROCESSING', 'RETRY')
        group by c.site_id
        """;

    private const string CircuitsSql =
        "select h.site_id, h.state::text from public.provider_health_state h where h.site_id = any ($1)";

    /// <summary>Rows not decided yet, by site; a site with none is missing.</summary>
    public Task<Dictionary<Guid, int>> CountOpenAsync(CancellationToken cancellationToken) =>
        MapAsync(OpenSql, reader => (int)reader.GetInt64(1), cancellationToken);

    /// <summary>Rows that wait for their confirmation.</summary>
    public async Task<int> CountSubmittedAsync(CancellationToken cancellationToken) =>
        (await MapAsync(SubmittedSql, reader => (int)reader.GetInt64(1), cancellationToken)).Values.Sum();

    /// <summary>Corrections that were not told yet.</summary>
    public async Task<int> CountCorrectionsAsync(CancellationToken cancellationToken) =>
        (await MapAsync(CorrectionsSql, reader => (int)reader.GetInt64(1), cancellationToken)).Values.Sum();

    /// <summary>Circuit states by site; a site without one never had a failure worth counting.</summary>
    public Task<Dictionary<Guid, string>> ReadCircuitsAsync(CancellationToken cancellationToken) =>
        MapAsync(CircuitsSql, reader => reader.GetString(1), cancellationToken);

    /// <summary>Rows by sale.</summary>
    public Task<Dictionary<Guid, QueueRow>> ReadRowsAsync(CancellationToken cancellationToken) =>
        MapAsync(RowsSql, Read, cancellationToken);

    private static QueueRow Read(NpgsqlDataReader reader) => new(
        reader.GetGuid(0),
        reader.GetString(1),
        reader.IsDBNull(2) ? null : reader.GetString(2),
        reader.GetInt32(3),
        reader.IsDBNull(4) ? null : reader.GetTimeSpan(4),
        reader.IsDBNull(5) ? null : new DateTimeOffset(reader.GetDateTime(5), TimeSpan.Zero),
        reader.IsDBNull(6) ? null : reader.GetString(6));

    private async Task<Dictionary<Guid, T>> MapAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. sites.Select(site => site.Id)] });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        Dictionary<Guid, T> map = [];
        while (await reader.ReadAsync(cancellationToken))
            map.Add(reader.GetGuid(0), read(reader));
        return map;
    }
}

/// <summary>How a sale stands in the queue.</summary>
/// <param name="Wait">From the last write-back to the next try, by the database's clock.</param>
/// <param name="Correction">Kind, status and code of its corrections; null when it has none.</param>
internal sealed record QueueRow(
    Guid SaleId, string Status, string? Code, int RetryCount, TimeSpan? Wait, DateTimeOffset? NextRetryAt, string? Correction = null);
