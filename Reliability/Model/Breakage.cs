using System.ComponentModel;

namespace OpsMantik.Reliability.Model;

/// <summary>A mistake that the model makes on purpose; each must be found.</summary>
internal enum Breakage
{
    None,

    /// <summary>Once real: a site was shut for ten minutes.</summary>
    [Description("a probe without rows keeps its lease")]
    EmptyProbeKeepsLease,

    /// <summary>Once real: two live probes.</summary>
    [Description("any failure opens a HALF_OPEN circuit")]
    AnyFailureReopens,

    [Description("a probe is granted beside another's lease")]
    LeaseIgnored,

    [Description("recovery takes a claim of any age")]
    RecoveryIgnoresAge,

    [Description("a write-back of another claim's rows is accepted")]
    StaleWriteBackAccepted,

    [Description("a release spends an attempt")]
    ReleaseSpendsAttempt,

    [Description("circuit close leaves the rows held")]
    CloseForgetsHeldRows,

    [Description("a success closes an isolated circuit")]
    SuccessClosesIsolated,

    [Description("nobody watches for an isolation")]
    IsolationNotWatched,
}
