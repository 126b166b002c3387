namespace OpsMantik.Reliability.Faults;

/// <summary>Texts by which a proxy knows the worker's statements.</summary>
internal static class Statements
{
    public const string Claim = "take_provider_probe";
    public const string WriteBack = "settle_provider_circuit";
    public const string Settling = "set settled_at = now()";
    public const string Recovery = "recover_stuck_offline_conversion_jobs";
}
