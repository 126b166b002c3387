using System.Data.Common;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Confirmations;

/// <summary>The store of <c>provider_upload_requests</c>. Every method is one round trip.</summary>
internal sealed class ConfirmationStore(NpgsqlDataSource database) : IConfirmationStore
{
    /// <summary>How long a worker may take over the requests it leased; then another may ask.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(10);

    private static readonly string ClaimSql = SqlText.Load("Confirmations.Sql.ClaimRequests");
    private static readonly string SettleSql = SqlText.Load("Confirmations.Sql.Settle");
    private static readonly string PostponeSql = SqlText.Load("Confirmations.Sql.Postpone");

    public async Task<IReadOnlyList<LeasedRequest>> LeaseAsync(
        string providerKey, Guid token, int limit, TimeSpan giveUpAfter, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ClaimSql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = providerKey });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = token });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = Lease });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = giveUpAfter });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await ReadAsync(reader, providerKey, token, cancellationToken);
    }

    public Task<WriteBackCounts> SettleAsync(
        LeasedRequest request, IReadOnlyList<JobResult> results, CircuitSignal signal, CancellationToken cancellationToken) =>
        SettleAsync(request, results, signal, isLast: true, cancellationToken);

    public Task<WriteBackCounts> SettlePartAsync(
        LeasedRequest request, IReadOnlyList<JobResult> results, CircuitSignal signal, CancellationToken cancellationToken) =>
        SettleAsync(request, results, signal, isLast: false, cancellationToken);

    public Task<RefusedEnd> EndRefusedAsync(
        LeasedRequest request, Guid jobId, string state, CancellationToken cancellationToken) =>
        // A submitted row is under no claim.
        RefusedRow.EndAsync(database, request.SiteId, request.ProviderKey, jobId, claimToken: null, state, cancellationToken);

    public async Task PostponeAsync(LeasedRequest request, TimeSpan wait, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(PostponeSql);
        AddKey(command, request);
        command.Parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = wait });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<WriteBackCounts> SettleAsync(
        LeasedRequest request, IReadOnlyList<JobResult> results, CircuitSignal signal, bool isLast,
        CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(SettleSql);
        AddKey(command, request);
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = signal == CircuitSignal.TransientFailure });
        // In the order in which the rows are locked.
        ResultParameters.AddTo(command, [.. results.OrderBy(result => result.JobId)]);
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = isLast });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new WriteBackCounts(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3), 0)
            : default;
    }

    private static void AddKey(NpgsqlCommand command, LeasedRequest request)
    {
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = request.LeaseToken });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = request.SiteId });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.ProviderKey });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = request.RequestId });
    }

    private static async Task<IReadOnlyList<LeasedRequest>> ReadAsync(
        DbDataReader reader, string providerKey, Guid token, CancellationToken cancellationToken)
    {
        List<LeasedRequest> requests = [];
        List<SubmittedRow> rows = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            var (siteId, requestId) = (reader.GetGuid(0), reader.GetString(1));
            if (requests.Count == 0 || (requests[^1].SiteId, requests[^1].RequestId) != (siteId, requestId))
            {
                rows = [];
                var credential = await reader.IsDBNullAsync(4, cancellationToken)
                    ? null
                    : new SealedCredential(reader.GetString(4), reader.GetString(5));
                requests.Add(new LeasedRequest(
                    token, siteId, providerKey, requestId, reader.GetInt32(2), reader.GetBoolean(3), credential, rows));
            }

            if (!await reader.IsDBNullAsync(6, cancellationToken))
            {
                int? place = await reader.IsDBNullAsync(7, cancellationToken) ? null : reader.GetInt32(7);
                rows.Add(new SubmittedRow(
                    reader.GetGuid(6), place, reader.GetInt32(8), reader.GetInt32(9), new DateTimeOffset(reader.GetDateTime(10), TimeSpan.Zero)));
            }
        }

        return requests;
    }
}
