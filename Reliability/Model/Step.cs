namespace OpsMantik.Reliability.Model;

/// <summary>One thing that happens to a site.</summary>
/// <param name="Who">The worker or the row, from 0.</param>
/// <param name="Variant">What of the act's possibilities.</param>
internal readonly record struct Step(Act Act, byte Who = 0, byte Variant = 0)
{
    // As variants of an answer, a crash and an abandonment.
    public const byte Lost = 3;
    public const byte Arrived = 1;

    // As variants of a claim's commit.
    public const byte OneRow = 1;
    public const byte YoungerFirst = 2;

    private string Worker => Who == 0 ? "worker A" : "worker B";

    public override string ToString() => Act switch
    {
        Act.BeginClaim => $"{Worker} begins a claim",
        Act.CommitClaim => $"{Worker}'s claim picks {((Variant & OneRow) != 0 ? "at most one row" : "what it may")} and commits",
        Act.LoseClaim => $"{Worker}'s claim is rolled back",
        Act.Send => $"{Worker} sends its batch",
        Act.Release => $"{Worker} gives its batch back unsent",
        Act.Answer => $"Google answers {Worker}: {Answered(Variant)}",
        Act.Abandon => $"{Worker} drops its request{(Variant == Arrived ? ", which had arrived," : "")} and gives the batch back",
        Act.WriteBack => $"{Worker} writes back",
        Act.WriteBackUnheard => $"{Worker} writes back and hears nothing",
        Act.Crash => $"{Worker} crashes{(Variant == Arrived ? "; its request had arrived" : "")}",
        Act.ClaimAges => $"{Worker}'s claim grows {(Variant == 0 ? "ten" : "fifteen")} minutes old",
        Act.RowFallsDue => $"row {Who + 1} falls due",
        Act.ProbeTimeComes => "the time to probe comes",
        Act.FiveSecondsPass => "five seconds pass",
        Act.LeaseLapses => "a dead worker's probe lapses",
        Act.DeadClaimAges => $"the dead claim of row {Who + 1} grows fifteen minutes old",
        Act.Recover => "recovery runs",
        Act.Close => "the operator closes the circuit",
        Act.FreeHeld => "the operator's command frees held rows",
        Act.Open => "the operator opens the circuit",
        Act.Isolate => "the operator isolates the site",
        Act.Requeue => "the operator requeues what failed",
        Act.Lock => $"the dashboard locks row {Who + 1}",
        Act.Unlock => $"the dashboard lets row {Who + 1} go",
        _ => $"{Act}",
    };

    private static string Answered(byte variant) => variant switch
    {
        (byte)Model.Answer.Completed => "counted",
        (byte)Model.Answer.Transient => "unavailable",
        (byte)Model.Answer.Permanent => "refused",
        _ => "counted, and the answer is lost",
    };
}

internal enum Act : byte
{
    BeginClaim,
    CommitClaim,
    LoseClaim,
    Crash,
    Recover,
    Send,
    Release,
    Answer,
    Abandon,
    WriteBack,
    WriteBackUnheard,
    ClaimAges,
    RowFallsDue,
    ProbeTimeComes,
    FiveSecondsPass,
    LeaseLapses,
    DeadClaimAges,
    Close,
    FreeHeld,
    Open,
    Isolate,
    Requeue,
    Lock,
    Unlock,
}
