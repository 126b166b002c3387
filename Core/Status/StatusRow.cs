using OpsMantik.Core.Errors;

namespace OpsMantik.Core.Status;

/// <summary>One row of the queue that is not completed. Times are UTC.</summary>
/// <param name="NextRetryAt">Null when it is due now.</param>
/// <param name="Message">As stored; it may quote what a provider said.</param>
public sealed record StatusRow(
    Guid Id,
    Guid SaleId,
    string Status,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    DateTime? NextRetryAt,
    int RetryCount,
    string? Code,
    string? Category,
    string? Message)
{
    /// <summary>Null when nothing went wrong with it so far.</summary>
    public ErrorMeaning? Meaning => Code is not null || Category is not null ? ErrorMeanings.Of(Code, Category)
        : Message is not null ? ErrorMeanings.Find(Message)
        : null;
}
