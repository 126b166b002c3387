namespace OpsMantik.Local.GoogleEmulator;

/// <summary>What a test may turn while the emulator runs.</summary>
internal sealed class EmulatorSettings
{
    public IReadOnlySet<string> SupportedVersions { get; set; } =
        new HashSet<string> { "v23", "v24", "v25", "v26" };

    public TimeSpan SlowTokenDelay { get; set; } = TimeSpan.FromSeconds(5);

    public bool KeepBodies { get; set; } = true;

    public bool KeepAccepted { get; set; } = true;
}
