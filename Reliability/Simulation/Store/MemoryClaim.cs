using OpsMantik.Core.Queue;

namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>One claim: the steps of DeferOpenCircuits.sql and Claim.sql, by their names there.</summary>
internal sealed class MemoryClaim(MemoryStore store, ClaimRequest request, Guid token, Guid start)
{
    private readonly DateTimeOffset _now = store.Now;

    /// <returns>The groups in the order of the ring.</returns>
    public IReadOnlyList<ClaimedGroup> Run()
    {
        Defer();
        return Pick(Grant(Due()));
    }

    public void Defer()
    {
        foreach (var group in store.Groups(request.ProviderKey))
        {
            if (store.CircuitOf(group) is not { NextProbeAt: { } probe } circuit || !circuit.IsGated(_now))
                continue;
            var (dueBefore, heldUntil) = circuit.IsIsolated ? (_now, _now.AddDays(1)) : (probe, probe);
            foreach (var row in store.RowsOf(group).Where(row => row.IsWaiting && row.DueAt < dueBefore && IsFree(row)).ToList())
            {
                var wait = TimeSpan.FromSeconds(30 * store.Random.NextDouble());
                store.Put(row with { NextRetryAt = heldUntil + wait, LastError = "CIRCUIT_OPEN" }, StoreWrite.Defer);
            }
        }
    }

    public IReadOnlyList<DueGroup> Due() =>
        [.. DueGroups().Take(Math.Min(ClaimRequest.MaxGroups, request.Limit))];

    public IReadOnlyList<DueGroup> Grant(IReadOnlyList<DueGroup> groups) =>
        [.. Fair(groups).Where(due => !due.Probing || store.TakeProbe(due.Group, token, request.RunId))];

    private IEnumerable<DueGroup> Fair(IReadOnlyList<DueGroup> groups)
    {
        var ahead = 0L;
        foreach (var group in groups.TakeWhile(_ => ahead < request.Limit))
        {
            ahead += Math.Min(group.Weight, Math.Max(request.Limit / ClaimRequest.Parts, 1));
            yield return group;
        }
    }

    /// <summary>Takes the rows, and gives back the probes that got none.</summary>
    public IReadOnlyList<ClaimedGroup> Pick(IReadOnlyList<DueGroup> granted) =>
        [.. granted.Zip(Shares(granted), Pick).OfType<ClaimedGroup>()];

    private IEnumerable<DueGroup> DueGroups()
    {
        var groups = store.Groups(request.ProviderKey).ToList();
        foreach (var group in groups.Where(group => group.SiteId > start).Concat(groups.Where(group => group.SiteId <= start)))
        {
            // Counted with what others have locked: only picking skips that.
            var backlog = DueRows(group).Take(request.GroupLimit).Count();
            var circuit = store.CircuitOf(group);
            var closed = circuit.State == CircuitState.Closed;
            if (backlog == 0 || circuit.ProbeRunId == request.RunId || !(closed || circuit.MayProbe(_now)))
                continue;
            yield return new DueGroup(group, !closed, closed ? backlog : Math.Min(backlog, Math.Max(circuit.ProbeLimit, 1)));
        }
    }

    // One row each; of the rest, the difference of the rounded running totals.
    private IEnumerable<int> Shares(IReadOnlyList<DueGroup> granted)
    {
        long total = granted.Sum(due => due.Weight - 1L);
        var spare = Math.Min(request.Limit - granted.Count, total);
        long running = 0;
        foreach (var due in granted)
        {
            var before = running;
            running += due.Weight - 1;
            yield return 1 + (total == 0 ? 0 : (int)(spare * running / total - spare * before / total));
        }
    }

    private ClaimedGroup? Pick(DueGroup due, int share)
    {
        var rows = DueRows(due.Group).Where(IsFree).OrderBy(row => row.DueAt).ThenBy(row => row.CreatedAt).Take(share).ToList();
        if (rows.Count == 0)
        {
            // FreeEmptyProbes.sql.
            store.FreeProbe(due.Group, token);
            return null;
        }

        foreach (var row in rows)
        {
            store.Put(
                row with
                {
                    Status = RowStatus.Processing,
                    ClaimToken = token,
                    ClaimedAt = _now,
                    ClaimCount = row.ClaimCount + 1,
                },
                StoreWrite.Claim,
                token);
        }

        store.Add(new LedgerLine(token, due.Group, Finished: false, rows.Count, 0, 0, 0, 0, null, null));
        return new ClaimedGroup(
            token, due.Group.SiteId, due.Group.ProviderKey, store.Credentials.GetValueOrDefault(due.Group), due.Probing,
            [.. rows.OrderBy(row => row.CreatedAt).Select(Job)]);
    }

    private IEnumerable<QueueRow> DueRows(GroupKey group) =>
        store.RowsOf(group).Where(row => row.IsWaiting && row.DueAt <= _now);

    private bool IsFree(QueueRow row) => !store.Locked.Contains(row.Id);

    public static ConversionJob Job(QueueRow row) => new()
    {
        Id = row.Id,
        SaleId = row.SaleId,
        Gclid = row.Gclid,
        Gbraid = null,
        Wbraid = null,
        ConversionTime = row.ConversionTime,
        ValueCents = row.Value.Cents,
        Currency = row.Value.Currency,
        Payload = row.Payload,
        RetryCount = row.RetryCount,
        ClaimCount = row.ClaimCount + 1,
        TimeShift = row.TimeShift,
    };
}

/// <summary>A group with due rows that its circuit lets pass, and how many of them.</summary>
internal readonly record struct DueGroup(GroupKey Group, bool Probing, int Weight);
