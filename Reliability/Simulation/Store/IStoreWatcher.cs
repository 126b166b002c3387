namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>Sees every change of the store as it happens.</summary>
internal interface IStoreWatcher
{
    /// <param name="before">Null for a new row.</param>
    /// <param name="token">The claim or lease that the statement named; null where it names none.</param>
    void RowChanged(QueueRow? before, QueueRow after, StoreWrite by, Guid? token);

    void CircuitChanged(Circuit before, Circuit after);
}
