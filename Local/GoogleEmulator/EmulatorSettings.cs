namespace OpsMantik.Local.GoogleEmulator;

/// <summary>What a test may change while the emulator runs.</summary>
internal sealed class EmulatorSettings
{
    public IReadOnlySet<string> SupportedVersions { get; set; } =
        new HashSet<string> { "v23", "v24", "v25", "v26" };

    public TimeSpan SlowTokenDelay { get; set; } = TimeSpan.FromSeconds(5);

    public bool KeepBodies { get; set; } = true;

    public bool KeepAccepted { get; set; } = true;

    public TimeSpan ProcessingDelay
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            field = value;
        }
    } = TimeSpan.FromSeconds(2);

    public bool NeverFinish { get; set; }

    public bool StatusWithIndices { get; set; } = true;

    public bool NestedEventPaths { get; set; }

    public int? RequestsPerMinute { get; set; }

    public int? RequestsPerDay { get; set; }

    public int SearchPageRows { get; set; } = 10_000;
}
