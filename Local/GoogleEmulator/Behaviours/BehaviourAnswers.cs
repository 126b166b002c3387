using OpsMantik.Local.GoogleEmulator.Errors;

namespace OpsMantik.Local.GoogleEmulator.Behaviours;

/// <summary>The answers of behaviours that refuse a call without looking at its rows.</summary>
internal static class BehaviourAnswers
{
    /// <summary>The page of a behaviour that answers with one; null when it answers in the API's shape.</summary>
    public static Answer? Page(CallBehaviour behaviour) => behaviour switch
    {
        { Kind: BehaviourKind.Garbage } => Answer.Html(200, "Sign in to the network"),
        { Kind: BehaviourKind.ServerError, Html: true } =>
            Answer.Html(behaviour.Status, "That's an error. Please try again in 30 seconds."),
        _ => null,
    };

    /// <summary>The refusal of <c>uploadClickConversions</c>.</summary>
    public static RequestFault FaultOf(CallBehaviour behaviour) => behaviour.Kind switch
    {
        BehaviourKind.QuotaTemporary => RequestFault.Exhausted(
            "RESOURCE_TEMPORARILY_EXHAUSTED", QuotaDetails.Temporary(behaviour.Delay)),
        BehaviourKind.QuotaDaily => RequestFault.Exhausted("RESOURCE_EXHAUSTED", QuotaDetails.Daily(behaviour.Delay)),
        BehaviourKind.Unauthorized => RequestFault.Unauthenticated("OAUTH_TOKEN_INVALID"),
        BehaviourKind.Forbidden => RequestFault.PermissionDenied("USER_PERMISSION_DENIED"),
        BehaviourKind.NotAllowlisted =>
            RequestFault.PermissionDenied("CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE"),
        BehaviourKind.BadRequest => RequestFault.InvalidArgument(behaviour.Code!),
        BehaviourKind.ServerError => ServerFault(behaviour.Status),
        _ => throw new ArgumentOutOfRangeException(nameof(behaviour), behaviour.Kind, "not a refusal"),
    };

    private static RequestFault ServerFault(int status) => status switch
    {
        500 => new(500, "INTERNAL", "Internal error encountered.", new GoogleError(ErrorCatalog.Find("INTERNAL_ERROR"))),
        504 => new(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
        _ => new(status, "UNAVAILABLE", "The service is currently unavailable."),
    };
}
