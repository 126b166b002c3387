using System.Data.Common;
using Npgsql;
using NpgsqlTypes;
using OpsMantik.Core.Database;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Corrections;

/// <summary>The store of <c>conversion_corrections</c>.</summary>
internal sealed class CorrectionStore(NpgsqlDataSource database, Instruments instruments, Random random) : ICorrectionStore
{
    // A newer state of the sale may begin to wait while the older is written back.
    private const int MostTries = 3;

    // In the order of the claim's columns.
    private const int FirstOfRow = 11;

    private static readonly string ClaimSql = SqlText.Load("Corrections.Sql.ClaimCorrections");
    private static readonly string FreeEmptyProbesSql = SqlText.Load("Corrections.Sql.FreeEmptyCorrectionProbes");
    private static readonly string WriteBackSql = SqlText.Load("Corrections.Sql.WriteBackCorrections");
    private static readonly string ReleaseSql = SqlText.Load("Corrections.Sql.ReleaseCorrections");

    public async Task CorrectPendingAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("select correct_pending_sales()");
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task<IReadOnlyList<CorrectionGroup>> ClaimAsync(
        string providerKey, int limit, int groupLimit, CancellationToken cancellationToken)
    {
        var token = NextGuid();
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand(ClaimSql)
        {
            Parameters =
            {
                new NpgsqlParameter<string> { TypedValue = providerKey },
                new NpgsqlParameter<int> { TypedValue = limit },
                new NpgsqlParameter<int> { TypedValue = groupLimit },
                // A group beyond the limit would take its probe and get nothing.
                new NpgsqlParameter<int> { TypedValue = Math.Min(ClaimRequest.MaxGroups, limit) },
                new NpgsqlParameter<Guid> { TypedValue = token },
                new NpgsqlParameter<TimeSpan> { TypedValue = Claim.Lease },
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(FreeEmptyProbesSql)
        {
            Parameters = { new NpgsqlParameter<Guid> { TypedValue = token } },
        });
        await using var reader = await batch.ExecuteReaderAsync(cancellationToken);
        List<CorrectionGroup> groups = [];
        List<CorrectionJob> jobs = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            var site = reader.GetGuid(0);
            if (groups.Count == 0 || groups[^1].SiteId != site)
            {
                jobs = [];
                var credential = reader.IsDBNull(1) ? null : new SealedCredential(reader.GetString(1), reader.GetString(2));
                groups.Add(new CorrectionGroup(token, site, providerKey, credential, jobs));
            }

            jobs.Add(ReadJob(reader));
        }

        // To the end of the batch: if its last command fails, nothing was claimed.
        while (await reader.NextResultAsync(cancellationToken))
        {
        }

        return groups;
    }

    public async Task<WriteBackCounts> WriteBackAsync(
        CorrectionGroup group, IReadOnlyList<JobResult> results, CircuitSignal signal, TimeSpan duration,
        CancellationToken cancellationToken)
    {
        var counts = await WriteAsync(group, results, signal, duration, cancellationToken);
        instruments.Corrected(
            group.ProviderKey,
            [.. group.Jobs.Zip(results, (job, result) => (job.Kind == CorrectionKind.Retract ? "retract" : "restate", result))],
            counts);
        return counts;
    }

    public Task<int> ReleaseAsync(CorrectionGroup group, bool maySent, CancellationToken cancellationToken) =>
        ReleaseAsync(group, maySent, minAgeMinutes: 0, cancellationToken);

    public async Task<int> RecoverAsync(int minAgeMinutes, CancellationToken cancellationToken)
    {
        await CorrectPendingAsync(cancellationToken);
        return await ReleaseAsync(group: null, maySent: true, minAgeMinutes, cancellationToken);
    }

    private Task<WriteBackCounts> WriteAsync(
        CorrectionGroup group, IReadOnlyList<JobResult> results, CircuitSignal signal, TimeSpan duration,
        CancellationToken cancellationToken) =>
        RepeatAsync(async () =>
        {
            await using var command = database.CreateCommand(WriteBackSql);
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = group.ClaimToken });
            command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = group.SiteId });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = group.ProviderKey });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = (int)duration.TotalMilliseconds });
            command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = signal == CircuitSignal.Success });
            command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = signal == CircuitSignal.TransientFailure });
            ResultParameters.AddTo(command, results);
            ResultParameters.Add(command, results, result => ResultParameters.Storable(result.Outcome.RequestId));
            ResultParameters.Add(command, results, result => result.Outcome.MayHaveBeenSent);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            return await reader.ReadAsync(cancellationToken)
                ? new WriteBackCounts(reader.GetInt32(0), reader.GetInt32(1), reader.GetInt32(2), reader.GetInt32(3), 0)
                : default;
        });

    /// <param name="group">Null for those of dead workers.</param>
    private Task<int> ReleaseAsync(CorrectionGroup? group, bool maySent, int minAgeMinutes, CancellationToken cancellationToken) =>
        RepeatAsync(async () =>
        {
            await using var command = database.CreateCommand(ReleaseSql);
            command.Parameters.Add(new() { Value = (object?)group?.ClaimToken ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
            command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = maySent });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = minAgeMinutes });
            command.Parameters.Add(new() { Value = (object?)group?.SiteId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
            return await command.ExecuteNonQueryAsync(cancellationToken);
        });

    private static async Task<T> RepeatAsync<T>(Func<Task<T>> write)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await write();
            }
            catch (PostgresException exception) when (
                exception.SqlState == PostgresErrorCodes.UniqueViolation && attempt < MostTries)
            {
            }
        }
    }

    private static CorrectionJob ReadJob(DbDataReader reader) => new(
        reader.GetGuid(3),
        reader.GetString(4) == "RETRACT" ? CorrectionKind.Retract : CorrectionKind.Restate,
        reader.IsDBNull(5) ? null : reader.GetInt64(5),
        reader.IsDBNull(6) ? null : reader.GetString(6),
        new DateTimeOffset(reader.GetDateTime(7), TimeSpan.Zero),
        reader.GetInt32(8),
        reader.GetInt32(9),
        reader.GetBoolean(10),
        Claim.ReadJob(reader, FirstOfRow));

    private Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
