using System.Runtime.InteropServices;

namespace OpsMantik.Local.GoogleEmulator.Uploads;

/// <summary>What one customer's account has counted and seen. Thread-safe; customers do not wait for each other.</summary>
internal sealed class CustomerLedger(string customerId)
{
    private readonly Lock _lock = new();
    private readonly HashSet<ClickIdentity> _clicks = [];
    private readonly HashSet<OrderIdentity> _orders = [];
    private readonly HashSet<ClickIdentity> _failedOnce = [];
    private readonly Dictionary<string, Tally> _tallies = [];

    /// <summary>Notes that the rows were sent, before anything is decided on them.</summary>
    public void NoteDeliveries(IReadOnlyList<ConversionRow> rows)
    {
        lock (_lock)
        {
            foreach (var row in rows)
                if (!string.IsNullOrEmpty(row.OrderId))
                    CollectionsMarshal.GetValueRefOrAddDefault(_tallies, row.OrderId, out _).Deliveries++;
        }
    }

    /// <summary>Answers for each row with the enum name of its error, or null: then it is counted.</summary>
    /// <param name="rows">Sound rows of one request.</param>
    /// <param name="validateOnly">Decides the same and leaves no trace.</param>
    public string?[] Decide(IReadOnlyList<CheckedRow> rows, bool validateOnly)
    {
        var duplicates = new BatchDuplicates(rows);
        var codes = new string?[rows.Count];
        lock (_lock)
        {
            for (var i = 0; i < codes.Length; i++)
            {
                codes[i] = duplicates.Find(rows[i]) ?? FindScripted(rows[i], validateOnly) ?? FindRepeat(rows[i]);
                if (codes[i] is null && !validateOnly)
                    Count(rows[i]);
            }
        }

        return codes;
    }

    public IReadOnlyList<OrderTally> Tallies
    {
        get
        {
            lock (_lock)
                return [.. _tallies.Select(t => new OrderTally(customerId, t.Key, t.Value.Deliveries, t.Value.Counted))];
        }
    }

    public OrderTally Find(string orderId)
    {
        lock (_lock)
        {
            var tally = _tallies.GetValueOrDefault(orderId);
            return new(customerId, orderId, tally.Deliveries, tally.Counted);
        }
    }

    private string? FindScripted(CheckedRow row, bool validateOnly)
    {
        if (ScriptedError.Read(row.Click.ClickId) is not { } scripted)
            return null;
        if (!scripted.Once)
            return scripted.Code;
        var first = validateOnly ? !_failedOnce.Contains(row.Click) : _failedOnce.Add(row.Click);
        return first ? scripted.Code : null;
    }

    private string? FindRepeat(CheckedRow row) =>
        _clicks.Contains(row.Click) ? "CLICK_CONVERSION_ALREADY_EXISTS"
        : row.Order is { } order && _orders.Contains(order) ? "ORDER_ID_ALREADY_IN_USE"
        : null;

    private void Count(CheckedRow row)
    {
        _clicks.Add(row.Click);
        if (row.Order is not { } order)
            return;
        _orders.Add(order);
        CollectionsMarshal.GetValueRefOrAddDefault(_tallies, order.OrderId, out _).Counted++;
    }

    private struct Tally
    {
        public int Deliveries;
        public int Counted;
    }
}
