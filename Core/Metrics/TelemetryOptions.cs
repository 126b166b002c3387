namespace OpsMantik.Core.Metrics;

/// <summary>What the telemetry may say.</summary>
public sealed class TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>
    /// Counts rows by site too. Off unless asked for: every site makes time series of its own, and they are paid for.
    /// </summary>
    public bool SiteLabels { get; set; }
}
