using OpsMantik.Core.Providers;

namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>The dashboard's sales, and the functions of 0012_corrections.sql.</summary>
internal static class MemorySales
{
    public const string Canceled = "SALE_CANCELED";
    public const string Retracted = "CONVERSION_RETRACTED";
    public const string Replaced = "CORRECTION_REPLACED";

    /// <summary>The dashboard updates a sale.</summary>
    /// <param name="isNoted">False: the trigger failed, and left the sale to recovery.</param>
    public static void ChangeSale(this MemoryStore store, SaleRow sale, bool isNoted = true)
    {
        if (store.Sale(sale.Id) == sale)
            return;
        store.Put(sale);
        if (isNoted)
            store.CorrectSale(sale.Id);
        else
            store.MissedSales.Add(sale.Id);
    }

    /// <summary>correct_pending_sales().</summary>
    public static void CorrectPending(this MemoryStore store)
    {
        var returned = store.Corrections.Where(each => each.IsWaiting).Select(each => (Waiting: each, Row: store.Row(each.RowId)))
            .Where(each => each.Row.Status is RowStatus.Queued or RowStatus.Retry or RowStatus.Failed
                && each.Row.ErrorCode != Canceled
                && (each.Waiting.IsRetraction || each.Row.ClaimCount == 0
                    || (each.Row.ClaimCount == 1 && each.Row.ErrorCategory is { } category && !MayPass(category))))
            .Select(each => each.Row.SaleId);
        foreach (var sale in store.MissedSales.Union(returned).Order().ToList())
        {
            store.CorrectSale(sale);
            store.MissedSales.Remove(sale);
        }
    }

    /// <summary>correct_sale().</summary>
    public static void CorrectSale(this MemoryStore store, Guid saleId)
    {
        foreach (var row in store.Rows.Where(row => row.SaleId == saleId).OrderBy(row => row.Id).ToList())
            new SaleCorrection(store, row, store.Sale(saleId)).Run();
    }

    public static bool MayPass(ErrorCategory? category) =>
        category is null or ErrorCategory.Transient or ErrorCategory.RateLimit;
}

/// <summary>One row's turn in correct_sale(), by the names there.</summary>
internal sealed class SaleCorrection(MemoryStore store, QueueRow row, SaleRow sale)
{
    private readonly CorrectionRow? _waiting = store.CorrectionsOf(row.Id).SingleOrDefault(each => each.IsWaiting);

    private readonly CorrectionRow? _sent =
        store.CorrectionsOf(row.Id).Where(each => each.MayStand).MaxBy(each => each.CorrectedAt);

    private readonly DateTimeOffset _moment = NextMoment(store, row);

    public void Run()
    {
        if (row.Status is RowStatus.Queued or RowStatus.Retry or RowStatus.Failed)
        {
            var mayCount = _sent is not null
                || (row.ErrorCode == MemorySales.Canceled && _waiting is not null)
                || row.ClaimCount > 1
                || (row.ClaimCount == 1 && MemorySales.MayPass(row.ErrorCategory));
            ChangeRow();
            if (!mayCount)
            {
                if (!sale.IsCanceled)
                    Put(store.Row(row.Id) with { Value = sale.Value });
                Remove(_waiting);
                return;
            }
        }

        if (_sent is { IsFinal: true } && (!sale.IsCanceled || _sent.Status != RowStatus.Failed))
        {
            if (!sale.IsCanceled)
                Refuse();
            if (_waiting is { ClaimCount: 0 })
                Remove(_waiting);
            return;
        }

        if (!IsTold())
            Wait();
        else if (_waiting?.Id != _sent?.Id)
            Remove(_waiting);
    }

    private void ChangeRow()
    {
        if (sale.IsCanceled)
        {
            if (row.Status != RowStatus.Failed || row.ErrorCode != MemorySales.Canceled)
            {
                Put(row with
                {
                    Status = RowStatus.Failed,
                    ErrorCode = MemorySales.Canceled,
                    ErrorCategory = ErrorCategory.Validation,
                });
            }
        }
        else if (row.ErrorCode == MemorySales.Canceled && _sent is null)
        {
            Put(row with
            {
                Status = RowStatus.Queued,
                RetryCount = 0,
                NextRetryAt = null,
                LastError = null,
                ErrorCode = null,
                ErrorCategory = null,
            });
        }
    }

    private void Refuse()
    {
        if (store.CorrectionsOf(row.Id).Any(each => each.ErrorCode == MemorySales.Retracted && each.CorrectedAt >= _sent!.CorrectedAt))
            return;
        store.Put(
            NewCorrection() with
            {
                Status = RowStatus.Failed,
                ErrorCode = MemorySales.Retracted,
                ErrorCategory = ErrorCategory.Validation,
            },
            StoreWrite.Sale);
    }

    private bool IsTold() => !sale.IsCanceled
        && (_sent is null ? row.Value == sale.Value : _sent.Status != RowStatus.Failed && _sent.Value == sale.Value);

    private void Wait()
    {
        var wanted = NewCorrection();
        if (_waiting is null)
        {
            store.Put(wanted, StoreWrite.Sale);
        }
        else if ((_waiting.IsRetraction, _waiting.Value) != (wanted.IsRetraction, wanted.Value))
        {
            store.Put(
                _waiting with
                {
                    IsRetraction = wanted.IsRetraction,
                    Value = wanted.Value,
                    CorrectedAt = wanted.CorrectedAt,
                    Status = RowStatus.Queued,
                    RetryCount = 0,
                    NextRetryAt = null,
                },
                StoreWrite.Sale);
        }
    }

    private CorrectionRow NewCorrection() => new(store.NextCorrectionId(), row.Group, row.Id, store.CorrectionOrder)
    {
        IsRetraction = sale.IsCanceled,
        Value = sale.IsCanceled ? null : sale.Value,
        CorrectedAt = _moment,
    };

    private void Put(QueueRow changed)
    {
        if (changed != store.Row(row.Id))
            store.Put(changed, StoreWrite.Sale);
    }

    private void Remove(CorrectionRow? correction)
    {
        if (correction is not null)
            store.Remove(correction);
    }

    private static DateTimeOffset NextMoment(MemoryStore store, QueueRow row)
    {
        var now = new DateTimeOffset(store.Now.Ticks - store.Now.Ticks % TimeSpan.TicksPerSecond, TimeSpan.Zero);
        var last = store.CorrectionsOf(row.Id).Where(each => !each.IsWaiting || each.ClaimCount > 0)
            .Max(each => (DateTimeOffset?)each.CorrectedAt);
        return last?.AddSeconds(1) is { } next && next > now ? next : now;
    }
}
