namespace OpsMantik.Reliability.Simulation.Store;

/// <summary>Which statement changed a row.</summary>
internal enum StoreWrite
{
    Enqueue,
    Defer,
    Claim,
    WriteBack,
    Release,
    Recover,
    Settle,
    Arrange,
}
