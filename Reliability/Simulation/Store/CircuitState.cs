namespace OpsMantik.Reliability.Simulation.Store;

internal enum CircuitState
{
    Closed,
    Open,
    HalfOpen,
}
