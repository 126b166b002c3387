using static OpsMantik.Core.Errors.Responsible;

namespace OpsMantik.Core.Errors.Topics;

/// <summary>Google, or the way to it, is unwell.</summary>
internal static class OutageErrors
{
    public const string ServerFamily = "HTTP_5*";
    public const string HttpFamily = "HTTP_*";

    private const string Topic = "Google or the network";
    private const string Wait = "Nothing: it is sent again by itself. If it lasts for hours on every site, call the operator.";

    public static IReadOnlyList<ErrorMeaning> All { get; } =
    [
        .. Of(Nobody, "Google had trouble of its own.", Wait,
            ServerFamily, "INTERNAL", "INTERNAL_ERROR", "TRANSIENT_ERROR", "UNAVAILABLE", "DEADLINE_EXCEEDED",
            "CONCURRENT_MODIFICATION", "DATA_CONSTRAINT_VIOLATION"),
        .. Of(Nobody, "Google gave no reason, or one that it does not publish.", Wait,
            "UNSPECIFIED", "UNKNOWN", "ERROR_CODE_NOT_PUBLISHED"),
        .. Of(Nobody, "Google did not answer in time; whether it has the sale is not known.",
            "Nothing: it is sent again under the same number, so it cannot count twice.",
            "TIMEOUT", "HTTP_408"),
        .. Of(Nobody, "There was no connection to Google.", Wait, "CONNECTION"),
        .. Of(Nobody, "Google's sign-in service could not be reached.", Wait, "TOKEN_UNAVAILABLE"),
        .. Of(Operator, "The answer was not one that Google gives.",
            "Nothing if it happens once. If it lasts, look for a proxy or a wrong base address in the settings.",
            "INVALID_RESPONSE", HttpFamily),
    ];

    private static IEnumerable<ErrorMeaning> Of(Responsible who, string meaning, string action, params string[] codes) =>
        Entries.Of(Topic, who, meaning, action, codes);
}
