using Npgsql;
using OpsMantik.Core.Providers;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Functions.Tests.Queue.Contract;

/// <summary>Reads PostgreSQL's rows as the store in memory keeps them.</summary>
internal static class PostgresRows
{
    public static async Task<QueueRow> ReadRowAsync(this NpgsqlDataSource database, Guid id) => (await database.ReadAsync(
        """
        select site_id, provider_key, sale_id, gclid, conversion_time, payload::text, created_at, status, retry_count,
               claim_count, next_retry_at, claim_token, claimed_at, last_error, provider_error_code,
               provider_error_category, provider_request_id, request_index, provider_ref, uploaded_at,
               value_cents, currency
        from offline_conversion_queue where id = $1
        """,
        reader => new QueueRow
        {
            Id = id,
            Group = new GroupKey(reader.GetGuid(0), reader.GetString(1)),
            SaleId = reader.GetGuid(2),
            Gclid = reader.GetString(3),
            ConversionTime = reader.GetFieldValue<DateTimeOffset>(4),
            Payload = reader.GetString(5),
            CreatedAt = reader.GetFieldValue<DateTimeOffset>(6),
            Status = Enum.Parse<RowStatus>(reader.GetString(7), ignoreCase: true),
            RetryCount = reader.GetInt32(8),
            ClaimCount = reader.GetInt32(9),
            NextRetryAt = OrNull<DateTimeOffset>(reader, 10),
            ClaimToken = OrNull<Guid>(reader, 11),
            ClaimedAt = OrNull<DateTimeOffset>(reader, 12),
            LastError = TextOrNull(reader, 13),
            ErrorCode = TextOrNull(reader, 14),
            ErrorCategory = Category(TextOrNull(reader, 15)),
            RequestId = TextOrNull(reader, 16),
            RequestIndex = OrNull<int>(reader, 17),
            Reference = TextOrNull(reader, 18),
            UploadedAt = OrNull<DateTimeOffset>(reader, 19),
            Value = new SaleValue(reader.GetInt64(20), reader.GetString(21)),
        }, id)).Single();

    public static async Task<Circuit> ReadCircuitAsync(this NpgsqlDataSource database, GroupKey group) =>
        (await database.ReadAsync(
            """
            select state::text, failure_count, next_probe_at, probe_limit, probe_token, probe_lease_until, probe_run_id
            from provider_health_state where site_id = $1 and provider_key = $2
            """,
            reader => new Circuit(group)
            {
                State = Enum.Parse<CircuitState>(reader.GetString(0).Replace("_", ""), ignoreCase: true),
                FailureCount = reader.GetInt32(1),
                NextProbeAt = OrNull<DateTimeOffset>(reader, 2),
                ProbeLimit = reader.GetInt32(3),
                ProbeToken = OrNull<Guid>(reader, 4),
                ProbeLeaseUntil = OrNull<DateTimeOffset>(reader, 5),
                ProbeRunId = OrNull<Guid>(reader, 6),
            }, group.SiteId, group.ProviderKey)).SingleOrDefault() ?? new Circuit(group);

    public static async Task<RequestRow> ReadRequestAsync(
        this NpgsqlDataSource database, GroupKey group, string requestId) => (await database.ReadAsync(
        """
        select submitted_at, next_check_at, check_count, lease_token, lease_until, settled_at
        from provider_upload_requests where site_id = $1 and provider_key = $2 and request_id = $3
        """,
        reader => new RequestRow(group, requestId)
        {
            SubmittedAt = reader.GetFieldValue<DateTimeOffset>(0),
            NextCheckAt = reader.GetFieldValue<DateTimeOffset>(1),
            CheckCount = reader.GetInt32(2),
            LeaseToken = OrNull<Guid>(reader, 3),
            LeaseUntil = OrNull<DateTimeOffset>(reader, 4),
            SettledAt = OrNull<DateTimeOffset>(reader, 5),
        }, group.SiteId, group.ProviderKey, requestId)).Single();

    public static async Task<Counters> ReadCountersAsync(this NpgsqlDataSource database, GroupKey group) =>
        (await database.ReadAsync(
            """
            select attempts_total, completed_total, failed_total, retry_total, submitted_total
            from provider_upload_metrics where site_id = $1 and provider_key = $2
            """,
            reader => new Counters(
                reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetInt64(4)),
            group.SiteId, group.ProviderKey)).SingleOrDefault();

    public static Task<IReadOnlyList<LedgerLine>> ReadLedgerAsync(this NpgsqlDataSource database, GroupKey group) =>
        database.ReadAsync(
            """
            select batch_id, phase = 'FINISHED', claimed_count, coalesce(completed_count, 0), coalesce(failed_count, 0),
                   coalesce(retry_count, 0), coalesce(submitted_count, 0), error_code, error_category
            from provider_upload_attempts where site_id = $1 and provider_key = $2
            """,
            reader => new LedgerLine(
                Guid.Parse(reader.GetString(0)), group, reader.GetBoolean(1), reader.GetInt32(2),
                reader.GetInt32(3), reader.GetInt32(4), reader.GetInt32(5), reader.GetInt32(6),
                TextOrNull(reader, 7), Category(TextOrNull(reader, 8))),
            group.SiteId, group.ProviderKey);

    public static string Text(CircuitState state) => state switch
    {
        CircuitState.Closed => "CLOSED",
        CircuitState.Open => "OPEN",
        _ => "HALF_OPEN",
    };

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(
        this NpgsqlDataSource database, string sql, Func<NpgsqlDataReader, T> read, params object[] values)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in values)
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        List<T> rows = [];
        while (await reader.ReadAsync())
            rows.Add(read(reader));
        return rows;
    }

    private static T? OrNull<T>(NpgsqlDataReader reader, int ordinal) where T : struct =>
        reader.IsDBNull(ordinal) ? null : reader.GetFieldValue<T>(ordinal);

    private static string? TextOrNull(NpgsqlDataReader reader, int ordinal) =>
        reader.IsDBNull(ordinal) ? null : reader.GetString(ordinal);

    private static ErrorCategory? Category(string? text) =>
        text is null ? null : Enum.Parse<ErrorCategory>(text.Replace("_", ""), ignoreCase: true);
}
