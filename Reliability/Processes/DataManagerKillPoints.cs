using OpsMantik.Reliability.Faults;
using OpsMantik.Reliability.Proxy;
using OpsMantik.Reliability.Stages;

namespace OpsMantik.Reliability.Processes;

/// <summary>The moments of the way that is accepted now and confirmed later.</summary>
internal static class DataManagerKillPoints
{
    private static readonly StageOptions Options = new(Sites: 4, RowsPerSite: 10, UploadApi: "data_manager");

    public static IReadOnlyList<KillPoint> All { get; } =
    [
        new("Data Manager: killed between ingest and write-back",
            victim => victim.ReachAsync(Statements.WriteBack, TrapKind.BeforeStatement, victim.StartUpload))
        {
            Options = Options,
            AfterDeathAsync = victim => ExpectAsync(victim, "PROCESSING"),
        },
        new("Data Manager: killed before a confirmation is settled", victim => SettleAsync(victim, TrapKind.BeforeStatement))
        {
            Options = Options,
            AfterDeathAsync = victim => ExpectAsync(victim, "SUBMITTED"),
        },
        new("Data Manager: killed inside the settling, before commit", victim => SettleAsync(victim, TrapKind.BeforeCommit))
        {
            Options = Options,
            AfterDeathAsync = victim => ExpectAsync(victim, "SUBMITTED"),
        },
        new("Data Manager: killed inside the settling, after commit", victim => SettleAsync(victim, TrapKind.BeforeAnswer))
        {
            Options = Options,
            AtDeathAsync = victim => ExpectAsync(victim, "COMPLETED"),
        },
    ];

    private static async Task SettleAsync(Victim victim, TrapKind kind)
    {
        await victim.Process.Client.UploadAsync();
        await victim.Stage.LetTimePassAsync();
        await victim.ReachAsync(Statements.Settling, kind, victim.StartConfirmation);
    }

    private static async Task ExpectAsync(Victim victim, string status)
    {
        await victim.Stage.ExpectAsync(status);
        if (victim.Stage.Google.IngestCalls.Count == 0)
            throw new InvalidOperationException("Missed the moment: nothing was ingested.");
    }
}
