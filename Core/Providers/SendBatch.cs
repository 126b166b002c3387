namespace OpsMantik.Core.Providers;

/// <summary>
/// One call's rows on their way to outcomes. Rows that cannot or need not be sent now are settled at once, which
/// shifts the others: a position in the request is not a position in the batch, so both are kept.
/// </summary>
internal abstract class SendBatch<T>
{
    private readonly UploadOutcome?[] _outcomes;
    private readonly List<int> _positions = [];
    private readonly List<T> _sendable = [];

    /// <param name="rows">The rows of the call.</param>
    /// <param name="settled">One per row: its outcome if it is not to be sent, else null.</param>
    protected SendBatch(IReadOnlyList<T> rows, UploadOutcome?[] settled)
    {
        _outcomes = settled;
        for (var position = 0; position < rows.Count; position++)
        {
            if (settled[position] is null)
            {
                _positions.Add(position);
                _sendable.Add(rows[position]);
            }
        }
    }

    /// <summary>How many rows there are, sendable or not.</summary>
    public int Count => _outcomes.Length;

    /// <summary>What is to be sent, in the order of the request.</summary>
    public IReadOnlyList<T> Sendable => _sendable;

    /// <summary>One outcome per row of the batch, in its order.</summary>
    /// <exception cref="InvalidOperationException">A row was sent and never settled.</exception>
    public IReadOnlyList<UploadOutcome> Outcomes =>
        [.. _outcomes.Select(outcome => outcome ?? throw new InvalidOperationException("A row was left unsettled."))];

    /// <summary>Position and outcome of each row that has one already; before anything is sent, those held back.</summary>
    public IReadOnlyList<KeyValuePair<int, UploadOutcome>> Settled =>
    [
        .. _outcomes.Index().Where(each => each.Item is not null).Select(each => KeyValuePair.Create(each.Index, each.Item!)),
    ];

    /// <param name="sentIndex">The row's index in <see cref="Sendable"/>.</param>
    /// <param name="outcome">What became of it.</param>
    public void Settle(int sentIndex, UploadOutcome outcome) => _outcomes[_positions[sentIndex]] = outcome;

    /// <summary>Gives every sendable row the same outcome.</summary>
    public void SettleAll(UploadOutcome outcome)
    {
        for (var index = 0; index < _sendable.Count; index++)
        {
            Settle(index, outcome);
        }
    }
}
