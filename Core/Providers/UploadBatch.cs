namespace OpsMantik.Core.Providers;

/// <summary>
/// One call's conversions on their way to outcomes. Rows that cannot or need not be sent now are settled at once, which
/// shifts the others: a position in the request is not a position in the batch, so both are kept.
/// </summary>
internal sealed class UploadBatch
{
    private static readonly TimeSpan DuplicateWait = TimeSpan.FromMinutes(5);

    private readonly UploadOutcome?[] _outcomes;
    private readonly List<int> _positions = [];
    private readonly List<Conversion> _sendable = [];

    public UploadBatch(IReadOnlyList<Conversion> conversions)
    {
        _outcomes = new UploadOutcome?[conversions.Count];
        var orders = new HashSet<string>(StringComparer.Ordinal);
        var clicks = new HashSet<(string, long)>();
        for (var position = 0; position < conversions.Count; position++)
        {
            var conversion = conversions[position];
            _outcomes[position] = ConversionRules.FindFault(conversion) ?? FindDuplicate(conversion, orders, clicks);
            if (_outcomes[position] is null)
            {
                _positions.Add(position);
                _sendable.Add(conversion);
            }
        }
    }

    /// <summary>What is to be sent, in the order of the request.</summary>
    public IReadOnlyList<Conversion> Sendable => _sendable;

    /// <summary>One outcome per conversion of the batch, in its order.</summary>
    /// <exception cref="InvalidOperationException">A conversion was sent and never settled.</exception>
    public IReadOnlyList<UploadOutcome> Outcomes =>
        [.. _outcomes.Select(outcome => outcome ?? throw new InvalidOperationException("A row was left unsettled."))];

    /// <summary>Position and outcome of each conversion that has one already; before anything is sent, those held back.</summary>
    public IReadOnlyList<KeyValuePair<int, UploadOutcome>> Settled =>
    [
        .. _outcomes.Index().Where(each => each.Item is not null).Select(each => KeyValuePair.Create(each.Index, each.Item!)),
    ];

    /// <param name="sentIndex">The conversion's index in <see cref="Sendable"/>.</param>
    /// <param name="outcome">What became of it.</param>
    public void Settle(int sentIndex, UploadOutcome outcome) => _outcomes[_positions[sentIndex]] = outcome;

    /// <summary>Gives every sendable conversion the same outcome.</summary>
    public void SettleAll(UploadOutcome outcome)
    {
        for (var index = 0; index < _sendable.Count; index++)
        {
            Settle(index, outcome);
        }
    }

    /// <summary>
    /// Google processes none of the conversions that share an order id, or click and second, within one request. So the
    /// first goes out, and the others come back later to hear "already exists".
    /// </summary>
    private static UploadOutcome? FindDuplicate(
        Conversion conversion, HashSet<string> orders, HashSet<(string, long)> clicks)
    {
        // Whichever kind of click id it is sent as: the text is what is compared on the other side.
        var click = (conversion.Click!.Value.Value, conversion.Time.ToUnixTimeSeconds());
        if (orders.Contains(conversion.OrderId) || clicks.Contains(click))
        {
            return UploadOutcome.Postponed(
                "DUPLICATE_IN_BATCH",
                ErrorCategory.Transient,
                "Another conversion of this batch has the same order id, or the same click and time; it goes first.",
                DuplicateWait) with
            {
                MayHaveBeenSent = false,
            };
        }

        orders.Add(conversion.OrderId);
        clicks.Add(click);
        return null;
    }
}
