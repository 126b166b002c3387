using OpsMantik.Core.Errors;

namespace OpsMantik.Core.Status;

/// <summary>Failures of the last hour by category and code.</summary>
public sealed record FailureCount(string? Category, string? Code, long Rows, long Sites)
{
    public ErrorMeaning Meaning => ErrorMeanings.Of(Code, Category);
}
