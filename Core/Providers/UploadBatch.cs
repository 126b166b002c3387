using OpsMantik.Core.Conversions;

namespace OpsMantik.Core.Providers;

/// <summary>
/// One call's conversions on their way to outcomes. Rows that cannot or need not be sent now are settled at once, which
/// shifts the others: a position in the request is not a position in the batch, so both are kept.
/// </summary>
internal sealed class UploadBatch
{
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

    /// <summary>How many conversions there are, sendable or not.</summary>
    public int Count => _outcomes.Length;

    /// <summary>Our number for the request, where the provider's interface takes one; null for none.</summary>
    public int? JobId { get; init; }

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
    /// first is sent, and the others are sent later, when Google answers "already exists".
    /// </summary>
    private static UploadOutcome? FindDuplicate(
        Conversion conversion, HashSet<string> orders, HashSet<(string, long)> clicks)
    {
        // Google compares the text, whichever kind of click id it is sent as.
        (string, long)? click = conversion.Click is { } id ? (id.Value, conversion.Time.ToUnixTimeSeconds()) : null;
        if (orders.Contains(conversion.OrderId) || click is { } same && clicks.Contains(same))
        {
            return UploadOutcome.Postponed(
                "DUPLICATE_IN_BATCH",
                ErrorCategory.Transient,
                "Another conversion of this batch has the same order id, or the same click and time; it goes first.",
                OutcomeWaits.Duplicate) with
            {
                MayHaveBeenSent = false,
            };
        }

        orders.Add(conversion.OrderId);
        if (click is { } own)
            clicks.Add(own);
        return null;
    }
}

/// <summary>
/// What must hold of a conversion before anything is sent, whatever the transport: one bad row fails alone, by a code
/// of ours, and its neighbours go out.
/// </summary>
internal static class ConversionRules
{
    private static readonly DateTimeOffset EarliestTime = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset EndOfTime = new(2101, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The outcome of a conversion that cannot be sent; null when it can.</summary>
    public static UploadOutcome? FindFault(Conversion conversion)
    {
        if (conversion.Click is null && conversion.UserIdentifiers.Count == 0)
        {
            return UploadOutcome.Unsendable(
                "MISSING_CLICK_ID", "The sale has no gclid, gbraid or wbraid, and no hashed identifier that may be sent.");
        }

        if (conversion.Click is { } click && !ClickIdReader.IsWellFormed(click.Value))
        {
            return UploadOutcome.Unsendable(
                "INVALID_CLICK_ID",
                $"The click id must be 1 to {ClickIdReader.MaxLength} letters, digits, dashes and underscores.");
        }

        if (!OrderId.IsWellFormed(conversion.OrderId))
        {
            return UploadOutcome.Unsendable(
                "INVALID_ORDER_ID",
                $"The order id must be 1 to {OrderId.MaxLength} characters without control characters.");
        }

        if (conversion.Value.MinorUnits < 0)
        {
            return UploadOutcome.Unsendable("INVALID_VALUE", "The value must not be negative.");
        }

        if (!conversion.Value.FitsCurrency)
        {
            return UploadOutcome.Unsendable(
                "INVALID_VALUE",
                $"{conversion.Value} has more decimals than the currency: if the dashboard keeps its whole units, set Money__MinorUnits"
                + $" to {conversion.Value.Currency.Code}={conversion.Value.Currency.Decimals}.");
        }

        return conversion.Time < EarliestTime || conversion.Time >= EndOfTime
            ? UploadOutcome.Unsendable("INVALID_CONVERSION_TIME", "The conversion time must lie in 1970 to 2100.")
            : null;
    }
}
