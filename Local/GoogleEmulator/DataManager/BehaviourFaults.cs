using OpsMantik.Local.GoogleEmulator.Tokens;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>The faults of behaviours that refuse a call without looking at it.</summary>
internal static class BehaviourFaults
{
    /// <param name="behaviour">What was ordered.</param>
    /// <param name="method">Full name of the method called.</param>
    /// <param name="write">Whether the method writes: the quotas of reads are others.</param>
    /// <param name="project">Whose quota is used up.</param>
    public static Fault Of(CallBehaviour behaviour, string method, bool write, string project) => behaviour.Kind switch
    {
        BehaviourKind.QuotaTemporary => QuotaLimit.PerMinute(write).Exhausted(project, behaviour.Delay),
        BehaviourKind.QuotaDaily => QuotaLimit.PerDay(write).Exhausted(project, behaviour.Delay),
        BehaviourKind.Unauthorized => AccessFaults.Unauthenticated(TokenFault.Invalid, method),
        BehaviourKind.Forbidden => AccessFaults.Forbidden,
        BehaviourKind.NotAllowlisted => AccessFaults.NotAllowlisted,
        BehaviourKind.BadRequest => Fault.Invalid(behaviour.Code!),
        BehaviourKind.ServerError => behaviour.Status switch
        {
            500 => new(500, "INTERNAL", "Internal error encountered.", "INTERNAL_ERROR"),
            504 => new(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete.",
                "DEADLINE_EXCEEDED"),
            var status => new(status, "UNAVAILABLE", "The service is currently unavailable.", Reason: null),
        },
        _ => throw new ArgumentOutOfRangeException(nameof(behaviour), behaviour.Kind, "not a refusal"),
    };
}
