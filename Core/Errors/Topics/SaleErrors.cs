using static OpsMantik.Core.Errors.Responsible;

namespace OpsMantik.Core.Errors.Topics;

/// <summary>What the row says of the sale. Final for the row, or a success by another name.</summary>
internal static class SaleErrors
{
    private const string Topic = "The sale";
    private const string Correct = "Correct the sale in the dashboard and requeue the row.";

    public static IReadOnlyList<ErrorMeaning> All { get; } =
    [
        .. Of(Nobody, "Google has this sale already. It counts as completed.", "Nothing.",
            "CLICK_CONVERSION_ALREADY_EXISTS", "DUPLICATE_GCLID", "DUPLICATE_TRANSACTION_ID"),
        .. Of(SiteOwner, "Google has another sale under the same order number.",
            "If it is the same sale, nothing. If not, the site uses one order number twice: give this sale its own.",
            "ORDER_ID_ALREADY_IN_USE"),
        .. Of(SiteOwner, "The order number is empty, too long, or holds characters that cannot be sent.", Correct,
            "INVALID_ORDER_ID"),
        .. Of(SiteOwner, "The currency is not a known three-letter code.", Correct,
            "INVALID_CURRENCY", "INVALID_CURRENCY_CODE"),
        .. Of(SiteOwner, "The amount is negative or cannot be read.", Correct, "INVALID_VALUE", "INVALID_NUMBER_FORMAT"),
        .. Of(SiteOwner, "The date of the sale is impossible.", Correct,
            "INVALID_CONVERSION_TIME", "EVENT_TIME_INVALID", "INVALID_STRING_DATE_TIME_SECONDS_WITH_OFFSET"),
        .. Of(SiteOwner, "A custom variable or the shop's merchant number is wrong.", Correct,
            "INVALID_CUSTOM_VARIABLE", "INVALID_MERCHANT_ID"),
        .. Of(Operator, "The row's additional data (payload) cannot be read; its message names the field.",
            "Correct what the dashboard writes into payload, then requeue the row.",
            "INVALID_PAYLOAD"),
        .. Of(Operator, "Google looked at the row and found a field missing or badly written; its message names it.",
            "Correct the field on the sale if a person entered it; otherwise report it as a fault of the worker.",
            "INVALID_ARGUMENT", "REQUIRED_FIELD_MISSING", "INVALID_FORMAT", "INVALID_ENUM_VALUE", "INVALID_EVENT"),
    ];

    private static IEnumerable<ErrorMeaning> Of(Responsible who, string meaning, string action, params string[] codes) =>
        Entries.Of(Topic, who, meaning, action, codes);
}
