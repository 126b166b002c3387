using static OpsMantik.Core.Errors.Responsible;

namespace OpsMantik.Core.Errors.Topics;

/// <summary>What each category means, whatever the code.</summary>
internal static class CategoryErrors
{
    private const string Topic = "Categories";

    public static IReadOnlyList<ErrorMeaning> All { get; } =
    [
        new("VALIDATION", Topic, "The row itself is wrong; sending it again cannot help.",
            "Read its message. Correct the sale if it can be corrected, then requeue the row.", SiteOwner),
        new("AUTH", Topic, "Google refuses the site's credentials.",
            "Ask the site owner to give consent again, store the new credentials, then requeue the failed rows.", SiteOwner),
        new("TRANSIENT", Topic, "Google, or the way to it, is unwell.", "Nothing: it is sent again by itself.", Nobody),
        new("RATE_LIMIT", Topic, "Google asks us to slow down.", "Nothing: the rows wait and go by themselves.", Nobody),
        new("CONFIGURATION", Topic, "The account, the conversion action or the worker is set up wrongly; the rows wait.",
            "Read the row's message, which says what to set. The rows go by themselves after the fix.", Operator),
    ];
}
