namespace OpsMantik.Core.Database;

/// <summary>Whether the worker can work on its database. Faults are plain words without secrets.</summary>
/// <param name="Reachable">A connection could be opened.</param>
/// <param name="RoleFault">The login is not a member of <c>service_role</c>.</param>
/// <param name="SchemaFault">The schema is older than the code.</param>
public sealed record DatabaseStatus(bool Reachable, string? RoleFault, string? SchemaFault)
{
    /// <summary>Why no connection could be opened, for the log; null when one could.</summary>
    public string? WhyAway { get; init; }

    public bool Ready => Reachable && Fault is null;

    /// <summary>What stands in the way and what to do, null when nothing but reachability does.</summary>
    public string? Fault => RoleFault ?? SchemaFault;
}
