namespace OpsMantik.Core.Operations.Import;

/// <summary>How a sale of the file stands in the database.</summary>
/// <param name="Line">Its line in the file.</param>
/// <param name="SaleId">Null when there is no such sale yet.</param>
/// <param name="Status">Of its queue row, else of the sale; null when there is none.</param>
public sealed record JudgedSale(int Line, SaleVerdict Verdict, Guid? SaleId, string? Status)
{
    /// <summary>What is wrong, and what to do; null when the sale can be enqueued, or is there already.</summary>
    public string? Fault => Verdict switch
    {
        SaleVerdict.UnknownSite => "there is no site with this site_id",
        SaleVerdict.Draft => "this sale is a DRAFT of the dashboard: confirm it there",
        SaleVerdict.Canceled => "this sale was canceled in the dashboard",
        SaleVerdict.Differs =>
            $"sale {SaleId} has this external_ref already, with another time, amount, currency or click",
        _ => null,
    };
}
