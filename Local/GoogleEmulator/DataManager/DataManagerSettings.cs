using System.Text.Json.Serialization;

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

/// <summary>Body of <c>POST /emulator/data-manager</c>. What is null stays; a quota of 0 is lifted.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SettingsRequest
{
    public int? ProcessingDelayMs { get; init; }

    public bool? NeverFinish { get; init; }

    public bool? StatusWithIndices { get; init; }

    public bool? NestedEventPaths { get; init; }

    public int? RequestsPerMinute { get; init; }

    public int? RequestsPerDay { get; init; }

    public void Apply(GoogleEmulator emulator)
    {
        if (ProcessingDelayMs is { } ms)
            emulator.ProcessingDelay = TimeSpan.FromMilliseconds(ms);
        emulator.NeverFinish = NeverFinish ?? emulator.NeverFinish;
        emulator.StatusWithIndices = StatusWithIndices ?? emulator.StatusWithIndices;
        emulator.NestedEventPaths = NestedEventPaths ?? emulator.NestedEventPaths;
        emulator.RequestsPerMinute = Quota(RequestsPerMinute, emulator.RequestsPerMinute);
        emulator.RequestsPerDay = Quota(RequestsPerDay, emulator.RequestsPerDay);
    }

    private static int? Quota(int? ordered, int? standing) =>
        ordered switch { null => standing, 0 => null, _ => ordered };
}
