using System.Runtime.InteropServices;

namespace OpsMantik.Local.GoogleEmulator.Uploads;

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
