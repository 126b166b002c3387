using OpsMantik.Core.Errors;

namespace OpsMantik.Core.Operations.Life;

/// <summary>The row as it stands.</summary>
/// <param name="Click">Kind and id; null when the conversation has none.</param>
/// <param name="Claims">Claims that may have led to a sending.</param>
/// <param name="Attempts">Attempts spent.</param>
/// <param name="ClaimedAt">When the worker that has it claimed it; null when none has.</param>
/// <param name="NextRetryAt">Null when it is due, or over.</param>
/// <param name="Message">As stored; it may quote what a provider said.</param>
/// <param name="Reference">What the provider knows the sale by.</param>
/// <param name="RequestIndex">Its place in a submitted request, from 0.</param>
public sealed record LifeOfRow(
    Guid Id,
    Guid SaleId,
    Guid SiteId,
    string ProviderKey,
    string Status,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    DateTime ConversionTime,
    long ValueCents,
    string Currency,
    string? Click,
    int Claims,
    int Attempts,
    DateTime? ClaimedAt,
    DateTime? NextRetryAt,
    DateTime? SubmittedAt,
    DateTime? UploadedAt,
    string? Code,
    string? Category,
    string? Message,
    string? Reference,
    string? RequestId,
    int? RequestIndex)
{
    /// <summary>Null when nothing went wrong with it so far.</summary>
    public ErrorMeaning? Meaning => Code is not null || Category is not null ? ErrorMeanings.Of(Code, Category)
        : Message is not null ? ErrorMeanings.Find(Message)
        : null;
}
