using static OpsMantik.Core.Errors.Responsible;

namespace OpsMantik.Core.Errors.Topics;

/// <summary>The ad click behind the sale cannot take it. Final for the row.</summary>
internal static class ClickErrors
{
    private const string Topic = "The ad click";

    public static IReadOnlyList<ErrorMeaning> All { get; } =
    [
        .. Of(Nobody, "The sale has no click id: the customer did not come from an ad, or the id was lost on the way.",
            "Nothing for one sale. If most sales of a site have none, its pages or its phone desk do not record the id.",
            "MISSING_CLICK_ID", "NO_IDENTIFIERS_PROVIDED"),
        .. Of(SiteOwner, "The click id is damaged: cut short, changed, or typed by hand.",
            "Check how the site records the id; correct it on the sale and requeue the row.",
            "INVALID_CLICK_ID", "UNPARSEABLE_GCLID", "UNPARSEABLE_GBRAID", "UNPARSEABLE_WBRAID", "INVALID_GCLID",
            "INVALID_GBRAID", "INVALID_WBRAID", "INVALID_AD_IDENTIFIERS", "INVALID_CLICK"),
        .. Of(Nobody, "Google does not know this click: a test click, another advertiser's, or too old.",
            "Nothing for one sale. For many, check that customer_id is the account whose ads were clicked.",
            "CLICK_NOT_FOUND", "EVENT_NOT_FOUND"),
        .. Of(Nobody, "The sale came too long after the click; Google no longer counts it.",
            "Nothing for this sale. Confirm sales sooner, or lengthen the action's click-through window.",
            "EXPIRED_EVENT", "EVENT_TOO_OLD"),
        .. Of(SiteOwner, "The sale is dated before the click.",
            "Correct the time of the sale and requeue the row; check the clock and time zone of the phone desk.",
            "CONVERSION_PRECEDES_EVENT", "CONVERSION_PRECEDES_CLICK"),
        .. Of(SiteOwner, "Conversion tracking was not switched on when the ad was clicked.",
            "Nothing for this sale; see that tracking is on in Google Ads now.",
            "CONVERSION_TRACKING_NOT_ENABLED_AT_IMPRESSION_TIME"),
        .. Of(Operator, "The row carries two click ids where Google takes one.",
            "Report it: this is a fault of the worker.",
            "GBRAID_WBRAID_BOTH_SET"),
        .. Of(Operator, "An answer about a phone call; this worker sends none.",
            "Report it: this is a fault of the worker.",
            "TOO_RECENT_CALL", "EXPIRED_CALL", "CALL_NOT_FOUND", "CONVERSION_PRECEDES_CALL",
            "CONVERSION_TRACKING_NOT_ENABLED_AT_CALL_TIME", "UNPARSEABLE_CALLERS_PHONE_NUMBER",
            "CALL_CONVERSION_ALREADY_EXISTS", "DUPLICATE_CALL_CONVERSION_IN_REQUEST", "INVALID_CUSTOMER_FOR_CALL"),
    ];

    private static IEnumerable<ErrorMeaning> Of(Responsible who, string meaning, string action, params string[] codes) =>
        Entries.Of(Topic, who, meaning, action, codes);
}
