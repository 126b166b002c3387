namespace OpsMantik.Reliability.Simulation.Workers;

internal enum RunKind
{
    Upload,
    Confirm,
    Recover,
}
