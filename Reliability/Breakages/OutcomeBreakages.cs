namespace OpsMantik.Reliability.Breakages;

/// <summary>The write-back and the settling, in their SQL.</summary>
internal static class OutcomeBreakages
{
    private const string WriteBack = "Core/Queue/Sql/WriteBack.sql";

    public static IReadOnlyList<Breakage> All { get; } =
    [
        new("token check removed from the write-back", WriteBack,
            "and «q.claim_token = $1»\n", "true",
            "faults", "--times", "1", "--only", "a late worker"),
        new("a wait spends an attempt", "Core/Queue/ResultParameters.cs",
            "Add(command, results, result => «result.Outcome.SpendsAttempt»);",
            "result.Status == JobStatus.Retry || result.Outcome.SpendsAttempt",
            "faults", "--times", "1", "--only", "wrong vault key"),
        new("an attempt counted twice", WriteBack,
            "retry_count = q.retry_count + «(o.spends and q.retry_count < 2147483647)::int»", "2 * o.spends::int",
            "faults", "--times", "1", "--only", "Google 500"),
        new("completed rows not counted", WriteBack,
            "count_provider_upload($2, $3, t.changed, «t.completed»,", "0",
            "faults", "--times", "1", "--only", "Google 500"),
        new("the ledger left unwritten", WriteBack,
            "from tally t\n    where «t.changed > 0»\n)", "false",
            "faults", "--times", "1", "--only", "Google 500"),
        new("a submitted request forgotten", WriteBack,
            "from written w\n    where «w.status = 'SUBMITTED'»\n    on conflict", "false",
            "kills", "--count", "1", "--only", "Data Manager: killed between"),
        new("confirmed rows not counted", "Core/Confirmations/Sql/Settle.sql",
            "count_provider_upload($2, $3, 0, «t.completed»,", "0",
            "kills", "--count", "1", "--only", "before a confirmation is settled"),
    ];
}
