namespace OpsMantik.Reliability.Breakages;

/// <summary>Claims, probes, releases and recovery, in their SQL.</summary>
internal static class ClaimBreakages
{
    private const string CircuitFunctions = "Core/Database/Migrations/0003_circuit.sql";
    private const string QueueFunctions = "Core/Database/Migrations/0002_queue.sql";

    public static IReadOnlyList<Breakage> All { get; } =
    [
        new("claimed without a lock", "Core/Queue/Sql/Claim.sql",
            "limit s.share\n        «for update skip locked»", "",
            "faults", "--times", "1", "--only", "a claim inside another's"),
        new("recovery by id only", QueueFunctions,
            "        «for update skip locked»\n", "",
            "faults", "--times", "1", "--only", "a recovery inside a write-back"),
        new("recovery spends an attempt", QueueFunctions,
            "set status = 'QUEUED', «»claim_token = null", "retry_count = retry_count + 1, ",
            "kills", "--count", "1", "--only", "killed inside recovery"),
        new("attempt counted on release", "Core/Queue/Sql/Release.sql",
            "set status = 'QUEUED',«»\n", " retry_count = q.retry_count + 1,",
            "faults", "--times", "1", "--only", "stopped in the middle"),
        new("a probe without a lease", CircuitFunctions,
            "probe_lease_until = «now() + p_lease»,", "now()",
            "kills", "--count", "1", "--only", "while holding a probe"),
        new("no probe taken", "Core/Queue/Sql/Claim.sql",
            "«coalesce(h.state, 'CLOSED') <> 'CLOSED'» as probing", "false",
            "faults", "--times", "1", "--only", "until circuits open"),
        new("a probe of any size", "Core/Queue/Sql/Claim.sql",
            "else «least(b.backlog, greatest(h.probe_limit, 1))»", "b.backlog",
            "faults", "--times", "1", "--only", "until circuits open"),
        new("a circuit that opens too early", CircuitFunctions,
            "c_threshold constant int := «5»;", "2",
            "faults", "--times", "1", "--only", "until circuits open"),
    ];
}
