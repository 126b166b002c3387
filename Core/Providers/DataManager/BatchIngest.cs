using Microsoft.Extensions.Logging;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Providers.GoogleAds;

namespace OpsMantik.Core.Providers.DataManager;

/// <summary>
/// Sends a batch in as few requests as Google's refusals allow, so that bad rows do not hold back good ones. What is
/// neither accepted nor found to be the refused row after <see cref="MaxCalls"/> requests or <see cref="MaxTime"/> goes back to the
/// queue, unspent.
/// </summary>
internal sealed class BatchIngest(
    DataManagerClient client, ProjectLimits limits, Instruments instruments, TimeProvider time, ILogger<BatchIngest> log)
{
    /// <summary>Enough for four faulty rows that Google does not name (13 requests each at worst), 63 that it does name.</summary>
    public const int MaxCalls = 64;

    /// <summary>
    /// After this no further request starts: the claim of the rows must outlive the last one, or recovery would hand
    /// them to another worker while this one still sends.
    /// </summary>
    public static readonly TimeSpan MaxTime = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan LeftOverWait = TimeSpan.FromMinutes(5);

    /// <summary>When nothing at all was accepted, the trouble may be everyone's: no hurry to ask 64 times again.</summary>
    private static readonly TimeSpan NothingAcceptedWait = TimeSpan.FromHours(1);

    public async Task SendAsync(
        DataManagerCredentials credentials, UploadBatch batch, CancellationToken cancellationToken)
    {
        var search = new RefusedRowSearch(batch.Sendable.Count);
        var started = time.GetTimestamp();
        var calls = 0;
        var accepted = 0;
        List<(int Row, ApiRefusal Refusal)> faultyRows = [];
        while (search.Next() is { Count: > 0 } rows)
        {
            if (calls == MaxCalls || time.GetElapsedTime(started) >= MaxTime)
            {
                DataManagerLog.CallsSpent(log, credentials.CustomerId, search.Open.Count, calls);
                Settle(batch, search.Open, LeftOver(accepted > 0));
                break;
            }

            var request = IngestRequests.From(credentials, rows.Select(row => batch.Sendable[row]));
            var call = await client.IngestAsync(credentials, request, cancellationToken).ConfigureAwait(false);
            if (call.TokenReplaced)
            {
                DataManagerLog.TokenReplaced(log, credentials.CustomerId);
            }

            var answer = IngestAnswer.Read(call);
            if (answer.RequestId is { } requestId)
            {
                DataManagerLog.Accepted(log, credentials.CustomerId, rows.Count, requestId);
                Warn(credentials.CustomerId, requestId, answer);
                for (var index = 0; index < rows.Count; index++)
                {
                    batch.Settle(rows[index], UploadOutcome.Submitted(requestId, index));
                }

                accepted += rows.Count;
                search.Accepted(rows);
            }
            else if (Shared(credentials, rows.Count, answer) is { } shared)
            {
                Settle(batch, search.Open, calls == 0 ? shared : shared with { MayHaveBeenSent = true });
                break;
            }
            else
            {
                SettleNamed(batch, search, rows, answer.Refusal!);
                ReportUnplaced(credentials.CustomerId, rows.Count, answer.Refusal!);
            }

            if (search.TakeRefusedRow() is { } faultyRow)
            {
                faultyRows.Add(faultyRow);
            }

            calls++;
        }

        foreach (var (row, refusal) in faultyRows)
        {
            batch.Settle(row, accepted > 0 || ErrorReasonTable.Find(refusal.Name) is not null
                ? FaultyRow(refusal.Name, refusal.Message, refusal)
                : UnlistedRefusal(refusal));
        }
    }

    /// <summary>The outcome that every open row gets; null when the refusal is about single rows.</summary>
    private UploadOutcome? Shared(DataManagerCredentials credentials, int sent, IngestAnswer answer)
    {
        if (answer.Refusal is not { } refusal)
        {
            // A row that only waits its turn is no trouble; the gate has message what there is to say.
            if (answer.Fault!.SpendsAttempt)
            {
                DataManagerLog.NoAnswer(log, credentials.CustomerId, sent, answer.Fault.Code!);
            }

            return answer.Fault;
        }

        DataManagerLog.Refused(log, credentials.CustomerId, sent, refusal.Status, refusal.Name, refusal.Message);
        if (refusal.IsGoogles && ErrorReasonTable.Find(refusal.Name) is null)
        {
            DataManagerLog.UnlistedReason(log, refusal.Name);
        }

        var gate = limits.Gate(credentials.Project, RequestKind.Ingest);
        var outcome = Quota.Find(refusal, gate) ?? RequestOutcome.For(refusal);
        if (outcome is { Category: ErrorCategory.Configuration })
        {
            DataManagerLog.Parked(log, credentials.CustomerId, outcome.Code!, outcome.Message!);
        }

        return outcome is null ? null : outcome with { RequestId = refusal.RequestId };
    }

    private static void SettleNamed(UploadBatch batch, RefusedRowSearch search, IReadOnlyList<int> rows, ApiRefusal refusal)
    {
        var named = refusal.Violations
            .Where(violation => violation.Index < rows.Count)
            .GroupBy(violation => rows[violation.Index!.Value])
            .ToDictionary(group => group.Key, group => group.First());
        foreach (var (row, violation) in named)
        {
            batch.Settle(row, FaultyRow(violation.Name, violation.Message, refusal));
        }

        if (named.Count > 0)
        {
            search.Named(named.Keys.ToHashSet());
        }
        else
        {
            search.Refused(rows, refusal);
        }
    }

    /// <summary>An unlisted reason of a single row is its own fault: Google looked at it and refused.</summary>
    private static UploadOutcome FaultyRow(string name, string message, ApiRefusal refusal) =>
        RowOutcomes.For(ErrorReasonTable.Find(name) ?? ErrorClass.Permanent, name, message) with
        {
            RequestId = refusal.RequestId,
        };

    /// <summary>
    /// A reason we do not know, and nothing of the batch was accepted: it may be everyone's. The row is tried again, an
    /// attempt at a time: one at fault fails in the end, and the others arrive when the trouble is over.
    /// </summary>
    private static UploadOutcome UnlistedRefusal(ApiRefusal refusal) =>
        UploadOutcome.Retry(refusal.Name, ErrorCategory.Transient, refusal.Message) with
        {
            RequestId = refusal.RequestId,
        };

    private static UploadOutcome LeftOver(bool someAccepted) => UploadOutcome.Postponed(
        "NOT_PROCESSED",
        ErrorCategory.Transient,
        "Google refused whole requests because of other conversions in them; the row goes again without those.",
        someAccepted ? LeftOverWait : NothingAcceptedWait);

    private static void Settle(UploadBatch batch, IEnumerable<int> rows, UploadOutcome outcome)
    {
        foreach (var row in rows)
        {
            batch.Settle(row, outcome);
        }
    }

    private void ReportUnplaced(string customerId, int sent, ApiRefusal refusal)
    {
        if (refusal.Violations.Where(violation => violation.Index >= sent).ToList() is { Count: > 0 } unplaced)
        {
            instruments.Unplaced(GoogleAdsProvider.ProviderKey, "data_manager.ingest", unplaced.Count);
            DataManagerLog.Unplaced(log, unplaced.Count, customerId, unplaced[0].Name);
        }
    }

    private void Warn(string customerId, string requestId, IngestAnswer answer)
    {
        if (answer.FirstWarning is { } first)
        {
            DataManagerLog.FieldWarnings(log, customerId, requestId, answer.Warnings, first.Reason, first.Field);
        }
    }
}
