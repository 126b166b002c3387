namespace OpsMantik.Core.Providers.GoogleAds.Errors;

/// <summary>One error of a GoogleAdsFailure, its texts already scrubbed.</summary>
/// <param name="Family">The member of errorCode, as <c>quotaError</c>; empty when there was none.</param>
/// <param name="Name">The enum's value, or <c>UNKNOWN</c>.</param>
/// <param name="Message">Google's text; may be empty.</param>
/// <param name="Index">The conversion of the request it is about; null when it is about the whole request.</param>
/// <param name="RetryDelay">The wait that a quota error asks for.</param>
internal sealed record ReportedError(string Family, string Name, string Message, int? Index, TimeSpan? RetryDelay)
{
    /// <summary>Null when Google has added the name since this table was written.</summary>
    public ErrorClass? ListedClass => ErrorTable.Find(Family, Name);

    /// <summary>An unlisted error is tried again: the retry policy bounds it, and nothing is lost meanwhile.</summary>
    public ErrorClass Class => ListedClass ?? ErrorClass.Transient;
}
