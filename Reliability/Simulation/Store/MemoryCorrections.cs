using OpsMantik.Core.Corrections;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;

namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>Corrections in memory: what <see cref="CorrectionStore"/> is over PostgreSQL, by the names of its statements.</summary>
internal sealed class MemoryCorrections(MemoryStore store, Random random) : ICorrectionStore
{
    public Task CorrectPendingAsync(CancellationToken cancellationToken)
    {
        store.CorrectPending();
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<CorrectionGroup>> ClaimAsync(
        string providerKey, int limit, int groupLimit, CancellationToken cancellationToken)
    {
        var token = NextGuid();
        List<(GroupKey Group, int Most)> granted = [];
        foreach (var group in store.Groups(providerKey).Where(group => Due(group).Any()).Take(Math.Min(ClaimRequest.MaxGroups, limit)).ToList())
        {
            var circuit = store.CircuitOf(group);
            if (circuit.State == CircuitState.Closed)
                granted.Add((group, groupLimit));
            // No run's id but the claim's own: a probe of uploads in this run does not stand in the way.
            else if (circuit.MayProbe(store.Now) && store.TakeProbe(group, token, token))
                granted.Add((group, Math.Min(groupLimit, Math.Max(circuit.ProbeLimit, 1))));
        }

        var left = limit;
        List<CorrectionGroup> groups = [];
        foreach (var (group, most) in granted)
        {
            var picked = Due(group).OrderBy(each => each.DueAt).ThenBy(each => each.Order)
                .Take(Math.Min(left, Math.Min(most, Math.Max(1, limit / granted.Count)))).ToList();
            left -= picked.Count;
            if (picked.Count == 0)
                store.FreeProbe(group, token);
            else
                groups.Add(Claim(group, token, picked));
        }

        return Task.FromResult<IReadOnlyList<CorrectionGroup>>(groups);
    }

    public Task<WriteBackCounts> WriteBackAsync(
        CorrectionGroup group, IReadOnlyList<JobResult> results, CircuitSignal signal, TimeSpan duration,
        CancellationToken cancellationToken)
    {
        var written = results.Where(result => store.Correction(result.JobId) is { } each && IsHeldBy(each, group.ClaimToken))
            .Select(result => WriteBack(result, group.ClaimToken)).ToList();
        if (written.Count == 0)
            return Task.FromResult(default(WriteBackCounts));
        store.SettleCircuit(new GroupKey(group.SiteId, group.ProviderKey), group.ClaimToken, signal);
        return Task.FromResult(new WriteBackCounts(
            written.Count,
            written.Count(each => each.Status == RowStatus.Completed),
            written.Count(each => each.Status == RowStatus.Failed),
            written.Count(each => each.Status == RowStatus.Retry),
            0));
    }

    public Task<int> ReleaseAsync(CorrectionGroup group, bool maySent, CancellationToken cancellationToken)
    {
        store.FreeProbe(new GroupKey(group.SiteId, group.ProviderKey), group.ClaimToken);
        return Task.FromResult(GiveBack(
            group.Jobs.Select(job => store.Correction(job.Id)).OfType<CorrectionRow>().Where(each => IsHeldBy(each, group.ClaimToken)),
            maySent, StoreWrite.Release, group.ClaimToken));
    }

    public Task<int> RecoverAsync(int minAgeMinutes, CancellationToken cancellationToken)
    {
        store.CorrectPending();
        var (before, after) = (store.Now.AddMinutes(-minAgeMinutes), store.Now.AddHours(1));
        return Task.FromResult(GiveBack(
            store.Corrections.Where(each => each.Status == RowStatus.Processing && (each.ClaimedAt < before || each.ClaimedAt > after)),
            maySent: true, StoreWrite.Recover, token: null));
    }

    private IEnumerable<CorrectionRow> Due(GroupKey group) => store.Corrections.Where(each =>
        each.Group == group && each.IsWaiting && each.DueAt <= store.Now && each.CorrectedAt <= store.Now
        && store.MayCorrect(each)
        && !store.CorrectionsOf(each.RowId).Any(other => other.IsUnderWay));

    private CorrectionGroup Claim(GroupKey group, Guid token, List<CorrectionRow> picked)
    {
        List<CorrectionJob> jobs = [];
        foreach (var each in picked.OrderBy(each => each.Order))
        {
            var claimed = each with
            {
                Status = RowStatus.Processing,
                ClaimToken = token,
                ClaimedAt = store.Now,
                ClaimCount = each.ClaimCount + 1,
            };
            store.Put(claimed, StoreWrite.Claim, token);
            var row = store.Row(each.RowId);
            jobs.Add(new CorrectionJob(
                claimed.Id, claimed.IsRetraction ? CorrectionKind.Retract : CorrectionKind.Restate, claimed.Value?.Cents,
                claimed.Value?.Currency, claimed.CorrectedAt, claimed.RetryCount, claimed.ClaimCount,
                row.Status == RowStatus.Completed, MemoryClaim.Job(row) with { ClaimCount = row.ClaimCount }));
        }

        return new CorrectionGroup(token, group.SiteId, group.ProviderKey, store.Credentials.GetValueOrDefault(group), jobs);
    }

    private CorrectionRow WriteBack(JobResult result, Guid token)
    {
        var row = store.Correction(result.JobId)!;
        var status = RowSteps.StatusOf(result.Status);
        var isReplaced = status == RowStatus.Retry && IsReplaced(row);
        var written = row with
        {
            Status = isReplaced ? RowStatus.Failed : status,
            RetryCount = row.RetryCount + (result.Outcome.SpendsAttempt ? 1 : 0),
            ClaimCount = row.ClaimCount - (result.Outcome.MayHaveBeenSent ? 0 : 1),
            NextRetryAt = store.Now + result.Wait,
            ClaimToken = null,
            ClaimedAt = null,
            LastError = result.Outcome.Message,
            ErrorCode = isReplaced ? MemorySales.Replaced : result.Outcome.Code,
            ErrorCategory = isReplaced ? ErrorCategory.Validation : result.Outcome.Category,
        };
        store.Put(written, StoreWrite.WriteBack, token);
        return written;
    }

    private int GiveBack(IEnumerable<CorrectionRow> rows, bool maySent, StoreWrite by, Guid? token)
    {
        var given = rows.ToList();
        foreach (var row in given)
        {
            var isReplaced = IsReplaced(row);
            store.Put(
                row with
                {
                    Status = isReplaced ? RowStatus.Failed : RowStatus.Queued,
                    ClaimToken = null,
                    ClaimedAt = null,
                    ClaimCount = row.ClaimCount - (maySent ? 0 : 1),
                    ErrorCode = isReplaced ? MemorySales.Replaced : row.ErrorCode,
                    ErrorCategory = isReplaced ? ErrorCategory.Validation : row.ErrorCategory,
                },
                by,
                token);
        }

        return given.Count;
    }

    private bool IsReplaced(CorrectionRow row) => store.CorrectionsOf(row.RowId).Any(each => each.IsWaiting);

    private static bool IsHeldBy(CorrectionRow row, Guid token) => row.Status == RowStatus.Processing && row.ClaimToken == token;

    private Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }
}
