using System.Diagnostics.Metrics;

namespace OpsMantik.Reliability.Simulation.Workers;

/// <summary>Meters that nobody listens to.</summary>
internal sealed class NoMeters : IMeterFactory
{
    public Meter Create(MeterOptions options) => new(options);

    public void Dispose()
    {
    }
}
