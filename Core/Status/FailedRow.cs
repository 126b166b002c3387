using OpsMantik.Core.Errors;

namespace OpsMantik.Core.Status;

/// <summary>A row that failed.</summary>
/// <param name="At">UTC.</param>
/// <param name="Message">As stored; it may quote what a provider said.</param>
public sealed record FailedRow(
    Guid Id, Guid SaleId, Guid SiteId, string ProviderKey, DateTime At, string? Code, string? Category, string? Message)
{
    public ErrorMeaning Meaning => ErrorMeanings.Of(Code, Category);
}
