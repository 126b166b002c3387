using static OpsMantik.Core.Errors.Responsible;

namespace OpsMantik.Core.Errors.Topics;

/// <summary>The visitor did not agree, or the row holds what it must not. Final for the row.</summary>
internal static class ConsentErrors
{
    private const string Topic = "Consent and privacy";

    public static IReadOnlyList<ErrorMeaning> All { get; } =
    [
        .. Of(Nobody, "The visitor did not agree to this use of the data, or nobody asked.",
            "Nothing: it must not be sent. If it happens to every sale, check the site's consent banner.",
            "DENIED_CONSENT", "NO_CONSENT", "UNKNOWN_CONSENT"),
        .. Of(Nobody, "The visitor's iPhone does not allow this tracking.", "Nothing: it must not be sent.",
            "CONVERSION_NOT_COMPLIANT_WITH_ATT_POLICY"),
        .. Of(SiteOwner, "A custom field or the order number holds personal data, such as a name or a phone number.",
            "Take it out on the site; the sale itself cannot be sent as it is.",
            "CUSTOM_VARIABLE_VALUE_CONTAINS_PII", "ORDER_ID_CONTAINS_PII"),
        .. Of(Operator, "The row carries personal identifiers in a form that Google does not take.",
            "Report it: this is a fault of the worker.",
            "INVALID_USER_IDENTIFIER", "UNSUPPORTED_USER_IDENTIFIER", "TOO_MANY_USER_IDENTIFIERS", "INVALID_HEX_ENCODING",
            "INVALID_BASE64_ENCODING", "INVALID_SHA256_FORMAT", "INVALID_POSTAL_CODE", "INVALID_COUNTRY_CODE"),
    ];

    private static IEnumerable<ErrorMeaning> Of(Responsible who, string meaning, string action, params string[] codes) =>
        Entries.Of(Topic, who, meaning, action, codes);
}
