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
    private readonly Dictionary<ClickIdentity, CountedConversion> _clicks = [];
    private readonly Dictionary<OrderIdentity, CountedConversion> _orders = [];
    private readonly HashSet<ClickIdentity> _failedOnce = [];
    private readonly HashSet<string> _adjustmentsFailedOnce = [];
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
                    Count(new CountedConversion(
                        rows[i].Click, rows[i].ClickField == "wbraid", rows[i].Order?.OrderId, rows[i].Row.ConversionValue,
                        rows[i].Row.CurrencyCode), rows[i].Order);
            }
        }

        return codes;
    }

    /// <summary>Answers for each adjustment with the enum name of its error, or null: then it is taken, or ignored as Google does.</summary>
    /// <param name="rows">Adjustments of one request.</param>
    /// <param name="now">By which a conversion is too old.</param>
    /// <param name="validateOnly">Decides the same of each alone, and changes nothing.</param>
    public string?[] Adjust(IReadOnlyList<CheckedAdjustment> rows, DateTimeOffset now, bool validateOnly)
    {
        var repeated = rows.GroupBy(row => (row.Order, row.Click, row.At)).Where(same => same.Count() > 1)
            .SelectMany(same => same).ToHashSet();
        lock (_lock)
            return [.. rows.Select(row => repeated.Contains(row) ? "DUPLICATE_ADJUSTMENT_IN_REQUEST" : Adjust(row, now, validateOnly))];
    }

    /// <summary>
    /// Counts one event of Data Manager, or answers with the reason that it fails in processing. An event whose transaction id the
    /// action has already changes that conversion's value, whatever else it says, and is no error.
    /// </summary>
    /// <param name="sent">The conversion that the event makes if it is new.</param>
    /// <param name="failOnce">Reason to fail with the first time this click is seen; null for none.</param>
    /// <param name="fault">What is wrong with the event itself; null when it may be counted.</param>
    /// <returns>The reason; and whether a conversion was counted.</returns>
    public (string? Failure, bool IsNew) Ingest(CountedConversion sent, string? failOnce, string? fault)
    {
        var order = new OrderIdentity(sent.Click.Action, sent.OrderId!);
        lock (_lock)
        {
            if (failOnce is not null && _failedOnce.Add(sent.Click))
                return (failOnce, false);
            if (fault is not null)
                return (fault, false);
            if (_orders.TryGetValue(order, out var known))
            {
                if (FindScriptedAdjustment(sent.OrderId!, known, validateOnly: false) is { } scripted)
                    return (scripted, false);
                known.Repeat(sent.Value, sent.Currency);
                return (null, false);
            }

            if (_clicks.ContainsKey(sent.Click))
                return ("DUPLICATE_GCLID", false);
            Count(sent, order);
            return (null, true);
        }
    }

    /// <summary>Every counted conversion as it stands.</summary>
    public IReadOnlyList<ConversionState> Conversions
    {
        get
        {
            lock (_lock)
                return [.. _clicks.Values.Select(conversion => conversion.ToState(customerId))];
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
        _clicks.ContainsKey(row.Click) ? "CLICK_CONVERSION_ALREADY_EXISTS"
        : row.Order is { } order && _orders.ContainsKey(order) ? "ORDER_ID_ALREADY_IN_USE"
        : null;

    private string? Adjust(CheckedAdjustment row, DateTimeOffset now, bool validateOnly)
    {
        var known = row.Order is { } order ? _orders.GetValueOrDefault(order) : _clicks.GetValueOrDefault(row.Click!.Value);
        // Inference, which error it is: a conversion with an order id must be named by it, and one of a wbraid not at all.
        if (known is { IsWbraid: true } || (row.Order is null && known?.OrderId is not null))
            known = null;
        if (FindScriptedAdjustment(row.Order?.OrderId ?? row.Click!.Value.ClickId, known, validateOnly) is { } scripted)
            return scripted;
        if (known is null)
            return "CONVERSION_NOT_FOUND";
        if (now.UtcTicks - known.Click.UtcTicks > TimeSpan.FromDays(54).Ticks)
            return "CONVERSION_EXPIRED";
        if (row.At.UtcTicks < known.Click.UtcTicks)
            return "ADJUSTMENT_PRECEDES_CONVERSION";
        if (validateOnly)
            return null;
        if (row.Row.RestatementValue is { AdjustedValue: { } value } restated)
            return known.Restate(value, restated.CurrencyCode, row.At);
        known.Retract();
        return null;
    }

    private string? FindScriptedAdjustment(string named, CountedConversion? known, bool validateOnly)
    {
        var text = $"{named} {known?.Click.ClickId}";
        if (ScriptedErrors.Adjustment(text) is { } always)
            return always;
        if (ScriptedErrors.AdjustmentOnce(text) is not { } once)
            return null;
        var first = validateOnly ? !_adjustmentsFailedOnce.Contains(text) : _adjustmentsFailedOnce.Add(text);
        return first ? once : null;
    }

    private void Count(CountedConversion conversion, OrderIdentity? identity)
    {
        _clicks.Add(conversion.Click, conversion);
        if (identity is not { } order)
            return;
        _orders.Add(order, conversion);
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
