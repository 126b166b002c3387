using System.Data.Common;

namespace OpsMantik.Reliability.Simulation.Faults;

/// <summary>The store's failure, as a driver reports it.</summary>
internal sealed class SimulatedStoreException(string message, bool transient) : DbException(message)
{
    public override bool IsTransient { get; } = transient;
}
