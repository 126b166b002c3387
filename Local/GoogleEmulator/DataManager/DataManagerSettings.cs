namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>What a test may turn while the emulator runs.</summary>
internal sealed class DataManagerSettings
{
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
}
