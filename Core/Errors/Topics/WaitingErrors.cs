using static OpsMantik.Core.Errors.Responsible;

namespace OpsMantik.Core.Errors.Topics;

/// <summary>The row waits its turn and goes by itself.</summary>
internal static class WaitingErrors
{
    private const string Topic = "Waiting its turn";

    public static IReadOnlyList<ErrorMeaning> All { get; } =
    [
        .. Of("The click or the conversion action is only hours old; Google takes the sale later.",
            "Nothing: it is sent again after six hours.",
            "TOO_RECENT_EVENT", "TOO_RECENT_CLICK", "TOO_RECENT_CONVERSION_ACTION"),
        .. Of("Another row for the same order or click went out first.",
            "Nothing: it is sent again in a few minutes.",
            "DUPLICATE_IN_BATCH", "DUPLICATE_ORDER_ID", "DUPLICATE_CLICK_CONVERSION_IN_REQUEST"),
        .. Of("A bad row in the same request held this one up.", "Nothing: it is sent again without the bad one.",
            "NOT_PROCESSED"),
        .. Of("Too many sales in one request.", "Nothing: they are sent again in smaller groups.",
            "TOO_MANY_CONVERSIONS_IN_REQUEST", "TOO_MANY_EVENTS", "REQUEST_TOO_LARGE"),
        .. Of("Uploads of this site are paused because its last ones failed, or because an operator stopped them.",
            "Nothing if the pause is minutes old: it is tried again by itself. If it lasts, see the site's last errors.",
            "CIRCUIT_OPEN"),
        .. Of("Google took the sale but never said what became of it, or no longer knows the request.",
            "Nothing: it is sent again under the same number, so it cannot count twice.",
            "UNCONFIRMED", "INVALID_REQUEST_ID"),
        .. Of("Google counted some sales of a request and did not say which.",
            "Nothing: all are sent again under the same numbers; those it has are recognised.",
            "ROWS_UNNAMED"),
    ];

    private static IEnumerable<ErrorMeaning> Of(string meaning, string action, params string[] codes) =>
        Entries.Of(Topic, Nobody, meaning, action, codes);
}
