namespace OpsMantik.Core.Breaker;

/// <summary>What a batch tells its group's circuit.</summary>
internal enum CircuitSignal
{
    /// <summary>Permanent, postponed or unknown: neither opens nor closes.</summary>
    None,

    /// <summary>At least one conversion arrived or was accepted: closes.</summary>
    Success,

    /// <summary>None arrived, and at least one attempt failed for a reason that may pass: counts towards opening.</summary>
    TransientFailure,
}
