namespace OpsMantik.Local.Sales;

/// <summary>What must hold between the lines of a sample file.</summary>
internal sealed class SalesConsistency
{
    private readonly Dictionary<string, int> _lineOfRef = [];
    private readonly Dictionary<string, SampleSale> _firstOfConversation = [];

    /// <exception cref="FormatException">The sale contradicts an earlier one.</exception>
    public void Check(SampleSale sale)
    {
        if (!_lineOfRef.TryAdd(sale.ExternalRef, sale.Line))
            throw new FormatException(
                $"external_ref {sale.ExternalRef} is already on line {_lineOfRef[sale.ExternalRef]}");
        if (_firstOfConversation.TryAdd(sale.Conversation, sale))
            return;

        var first = _firstOfConversation[sale.Conversation];
        if ((first.Site, first.ClickKind, first.ClickId) != (sale.Site, sale.ClickKind, sale.ClickId))
            throw new FormatException(
                $"conversation {sale.Conversation} has another site or click on line {first.Line}");
    }
}
