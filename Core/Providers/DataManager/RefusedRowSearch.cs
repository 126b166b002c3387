namespace OpsMantik.Core.Providers.DataManager;

/// <summary>
/// Which rows to send next, when Google refuses a request whole for some of its rows. Rows it names are faulty. Where
/// it names none, the refused rows are halved: if the first half is accepted the faulty row is in the second, which is not
/// sent as it is; if not, it is in the first, and the second goes out later with all others that nothing is known of.
/// So one faulty row among 2,000 costs log2(2,000) = 11 halvings, its own refusal and one request for the rest.
/// </summary>
internal sealed class RefusedRowSearch
{
    private List<int> _unknown;
    private IReadOnlyList<int> _candidates = [];
    private ApiRefusal? _refusal;
    private bool _refusedAlone;

    public RefusedRowSearch(int count) => _unknown = [.. Enumerable.Range(0, count)];

    /// <summary>Rows neither accepted nor found faulty.</summary>
    public IReadOnlyList<int> Open => [.. _unknown, .. _candidates];

    /// <summary>The rows of the next request; none when every row has its fate.</summary>
    public IReadOnlyList<int> Next() => _candidates.Count > 0 ? FirstHalf() : _unknown;

    public void Accepted(IReadOnlyList<int> rows)
    {
        if (_candidates.Count > 0)
        {
            _candidates = [.. _candidates.Skip(rows.Count)];
        }
        else
        {
            _unknown = [];
        }
    }

    /// <summary>Google names no row. Ask <see cref="TakeRefusedRow"/> next.</summary>
    public void Refused(IReadOnlyList<int> rows, ApiRefusal refusal)
    {
        _unknown = _candidates.Count > 0 ? [.. _unknown, .. _candidates.Skip(rows.Count)] : [];
        (_candidates, _refusal, _refusedAlone) = (rows, refusal, rows.Count == 1);
    }

    /// <summary>Google names these rows; of the others nothing is known again.</summary>
    public void Named(IReadOnlySet<int> faulty)
    {
        _unknown = [.. Open.Where(row => !faulty.Contains(row))];
        _candidates = [];
    }

    /// <summary>
    /// A row that was refused alone, and that refusal. One that only remains when the other half was accepted is sent
    /// alone first: the refusal of the whole may have been a passing one.
    /// </summary>
    public (int Row, ApiRefusal Refusal)? TakeRefusedRow()
    {
        if (_candidates.Count != 1 || !_refusedAlone)
        {
            return null;
        }

        var row = _candidates[0];
        _candidates = [];
        return (row, _refusal!);
    }

    private List<int> FirstHalf() => [.. _candidates.Take(Math.Max(1, _candidates.Count / 2))];
}
