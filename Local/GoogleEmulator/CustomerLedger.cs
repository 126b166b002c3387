using System.Runtime.InteropServices;
using OpsMantik.Local.GoogleEmulator.GoogleAds;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>
/// What one customer's account has counted, by both APIs: a transaction id of Data Manager is an order id of Google Ads,
/// compared as it was sent, so a client that prefixes the one must prefix the other. Thread-safe; customers do not wait
/// for each other.
/// </summary>
internal sealed class CustomerLedger(string customerId)
{
    private readonly Lock _lock = new();
    private readonly HashSet<ClickIdentity> _clicks = [];
    private readonly HashSet<OrderIdentity> _orders = [];
    private readonly HashSet<ClickIdentity> _failedOnce = [];
    private readonly Dictionary<string, Counts> _counts = [];

    /// <summary>Counts that these order ids were sent, before anything is decided on them.</summary>
    public void AddDeliveries(IEnumerable<string?> orderIds)
    {
        lock (_lock)
        {
            foreach (var orderId in orderIds)
                if (!string.IsNullOrEmpty(orderId))
                    CollectionsMarshal.GetValueRefOrAddDefault(_counts, orderId, out _).Deliveries++;
        }
    }

    /// <summary>Answers for each row with the enum name of its error, or null: then it is counted.</summary>
    /// <param name="rows">Rows of one request. One with faults gets only the error that its click id asks for, and is not counted.</param>
    /// <param name="validateOnly">Decides the same and leaves no trace.</param>
    public string?[] Decide(IReadOnlyList<CheckedRow> rows, bool validateOnly)
    {
        var duplicates = new BatchDuplicates(rows);
        var codes = new string?[rows.Count];
        lock (_lock)
        {
            for (var i = 0; i < codes.Length; i++)
            {
                var faulty = rows[i].Faults.Count > 0;
                codes[i] = faulty
                    ? FindScripted(rows[i], validateOnly)
                    : duplicates.Find(rows[i]) ?? FindScripted(rows[i], validateOnly) ?? FindRepeat(rows[i]);
                if (codes[i] is null && !faulty && !validateOnly)
                    Count(rows[i].Click, rows[i].Order);
            }
        }

        return codes;
    }

    /// <summary>Counts one event of Data Manager, or answers with the reason that it fails in processing.</summary>
    /// <param name="click">Click id and time.</param>
    /// <param name="order">Its transaction id, under its action.</param>
    /// <param name="failOnce">Reason to fail with the first time this click is seen; null for none.</param>
    /// <param name="fault">What is wrong with the event itself; null when it may be counted.</param>
    public string? Ingest(ClickIdentity click, OrderIdentity order, string? failOnce, string? fault)
    {
        lock (_lock)
        {
            if (failOnce is not null && _failedOnce.Add(click))
                return failOnce;
            if (fault is not null)
                return fault;
            if (_orders.Contains(order))
                return "DUPLICATE_TRANSACTION_ID";
            if (_clicks.Contains(click))
                return "DUPLICATE_GCLID";
            Count(click, order);
            return null;
        }
    }

    public IReadOnlyList<OrderCount> Orders
    {
        get
        {
            lock (_lock)
                return [.. _counts.Select(t => new OrderCount(customerId, t.Key, t.Value.Deliveries, t.Value.Counted))];
        }
    }

    public OrderCount Find(string orderId)
    {
        lock (_lock)
        {
            var counts = _counts.GetValueOrDefault(orderId);
            return new(customerId, orderId, counts.Deliveries, counts.Counted);
        }
    }

    private string? FindScripted(CheckedRow row, bool validateOnly)
    {
        if (ScriptedErrors.Always(row.Click.ClickId) is { } always)
            return always;
        if (ScriptedErrors.Once(row.Click.ClickId) is not { } once)
            return null;
        var first = validateOnly ? !_failedOnce.Contains(row.Click) : _failedOnce.Add(row.Click);
        return first ? once : null;
    }

    private string? FindRepeat(CheckedRow row) =>
        _clicks.Contains(row.Click) ? "CLICK_CONVERSION_ALREADY_EXISTS"
        : row.Order is { } order && _orders.Contains(order) ? "ORDER_ID_ALREADY_IN_USE"
        : null;

    private void Count(ClickIdentity click, OrderIdentity? identity)
    {
        _clicks.Add(click);
        if (identity is not { } order)
            return;
        _orders.Add(order);
        CollectionsMarshal.GetValueRefOrAddDefault(_counts, order.OrderId, out _).Counted++;
    }

    private struct Counts
    {
        public int Deliveries;
        public int Counted;
    }
}

/// <summary>How often one order id of one customer was sent and counted.</summary>
/// <param name="Deliveries">How often it was sent, whatever the answer was; a repeat within one request counts.</param>
/// <param name="Counted">How often it was counted as a conversion; above 1, a sale was counted twice.</param>
public sealed record OrderCount(string CustomerId, string OrderId, int Deliveries, int Counted);

/// <summary>An order id is unique within its conversion action.</summary>
internal readonly record struct OrderIdentity(string Action, string OrderId);

/// <summary>
/// What Google recognises a conversion of a click by. The time is a whole second and an instant: its offset does not matter.
/// A conversion without a click id has its first hashed identifier there (inference).
/// </summary>
internal readonly record struct ClickIdentity(string Action, string ClickId, long UtcTicks);

/// <summary>Conversions that repeat one another within a request: Google processes none of them.</summary>
internal sealed class BatchDuplicates
{
    private readonly Dictionary<OrderIdentity, int> _orders;
    private readonly Dictionary<ClickIdentity, int> _clicks;

    public BatchDuplicates(IReadOnlyCollection<CheckedRow> rows)
    {
        _orders = new(rows.Count);
        _clicks = new(rows.Count);
        foreach (var row in rows)
        {
            if (row.Faults.Count > 0)
                continue;
            CollectionsMarshal.GetValueRefOrAddDefault(_clicks, row.Click, out _)++;
            if (row.Order is { } order)
                CollectionsMarshal.GetValueRefOrAddDefault(_orders, order, out _)++;
        }
    }

    /// <summary>Enum name of what is wrong with the row; null when it stands alone.</summary>
    public string? Find(CheckedRow row) =>
        row.Order is { } order && _orders[order] > 1 ? "DUPLICATE_ORDER_ID"
        : _clicks[row.Click] > 1 ? "DUPLICATE_CLICK_CONVERSION_IN_REQUEST"
        : null;
}
