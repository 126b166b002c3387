using static OpsMantik.Core.Errors.Responsible;

namespace OpsMantik.Core.Errors.Topics;

/// <summary>Google asks us to slow down.</summary>
internal static class QuotaErrors
{
    private const string Topic = "Google's limits";

    public static IReadOnlyList<ErrorMeaning> All { get; } =
    [
        .. Entries.Of(Topic, Nobody, "Google asks us to send more slowly.", "Nothing: the rows wait and go by themselves.",
            "RESOURCE_TEMPORARILY_EXHAUSTED", "RATE_LIMIT_EXCEEDED", "LOCAL_RATE_LIMIT", "HTTP_429",
            "EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION"),
        .. Entries.Of(Topic, Operator, "The day's number of requests to Google is used up.",
            "The rows go out tomorrow by themselves. If it happens often, ask Google for a larger quota.",
            "QUOTA_DAY", "RESOURCE_EXHAUSTED", "RESOURCE_QUOTA_EXCEEDED",
            "EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION"),
    ];
}
