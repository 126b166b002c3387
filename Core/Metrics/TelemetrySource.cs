namespace OpsMantik.Core.Metrics;

public static class TelemetrySource
{
    /// <summary>Name of the one meter and of the one activity source.</summary>
    public const string Name = "OpsMantik";
}
