namespace OpsMantik.Reliability.Mutations;

internal static class SourceMutations
{
    public static IReadOnlyList<SourceMutation> All { get; } =
        [.. IdentityMutations.All, .. RunMutations.All, .. ClaimMutations.All, .. OutcomeMutations.All, .. CorrectionMutations.All, .. LimitMutations.All];
}

/// <summary>Claims, probes, releases and recovery, in their SQL.</summary>
internal static class ClaimMutations
{
    private const string CircuitFunctions = "Core/Database/Migrations/0003_circuit.sql";
    private const string Recover = "Core/Queue/Sql/Recover.sql";
    private const string Liveness = "Core/Database/Migrations/0008_liveness.sql";

    public static IReadOnlyList<SourceMutation> All { get; } =
    [
        new("claimed without a lock", "Core/Queue/Sql/Claim.sql",
            "limit s.share\n                «for update skip locked»", "",
            "faults", "--times", "1", "--only", "a claim inside another's"),
        new("recovery by id only", Recover,
            "    «for update of q skip locked»\n", "",
            "faults", "--times", "1", "--only", "a recovery inside a write-back"),
        new("recovery spends an attempt", Recover,
            "set status = 'QUEUED', «»claim_token = null", "retry_count = retry_count + 1, ",
            "kills", "--count", "1", "--only", "killed inside recovery"),
        new("attempt counted on release", "Core/Queue/Sql/Release.sql",
            "set status = 'QUEUED',«»\n", " retry_count = q.retry_count + 1,",
            "faults", "--times", "1", "--only", "stopped in the middle"),
        new("a probe without a lease", CircuitFunctions,
            "probe_lease_until = «now() + p_lease»,", "now()",
            "kills", "--count", "1", "--only", "while holding a probe"),
        new("no probe taken", "Core/Queue/Sql/Claim.sql",
            "«coalesce(h.state, 'CLOSED') <> 'CLOSED'» as probing", "false",
            "faults", "--times", "1", "--only", "until circuits open"),
        new("a probe of any size", "Core/Queue/Sql/Claim.sql",
            "else «least(b.backlog, greatest(h.probe_limit, 1))»", "b.backlog",
            "faults", "--times", "1", "--only", "until circuits open"),
        new("a circuit that opens too early", Liveness,
            "c_threshold constant int := «5»;", "2",
            "faults", "--times", "1", "--only", "until circuits open"),
    ];
}

/// <summary>What is sent, and what an answer is taken for.</summary>
internal static class IdentityMutations
{
    public static IReadOnlyList<SourceMutation> All { get; } =
    [
        new("a new order id for each sending", "Core/Queue/ConversionReader.cs",
            "OrderId = «orderId ?? job.SaleId.ToString()»,", "orderId ?? Guid.NewGuid().ToString()",
            "simulate", "--seeds", "300"),
        new("the order id dropped on the wire", "Core/Providers/GoogleAds/ClickUploadTransport.cs",
            "OrderId = «conversion.OrderId»,", "null!",
            "faults", "--times", "1", "--only", "Google 500"),
        new("the time of the sending instead of the sale's", "Core/Queue/ConversionReader.cs",
            "var at = payload.Time(\"conversion_time\") ?? «job.ConversionTime»;", "job.ConversionTime.AddSeconds(job.ClaimCount)",
            "simulate", "--seeds", "300"),
        new("rows of several sites in one request", "Core/Queue/ConversionQueue.cs",
            "groups.Count == 0 || «groups[^1].SiteId != siteId»", "false",
            "faults", "--times", "1", "--only", "Google 500"),
        new("sent, and given back as if unsent", "Core/Runs/GroupUpload.cs",
            "await ReleaseAsync(group, maySent: «true»);", "false",
            "simulate", "--seeds", "2000"),
        new("no answer taken for a success", "Core/Providers/GoogleAds/ErrorTable.cs",
            "«UploadOutcome.Retry(code, ErrorCategory.Transient, message)»;", "UploadOutcome.Completed(code)",
            "faults", "--times", "1", "--only", "Google cuts"),
        new("a cut answer taken for a success", "Core/Providers/GoogleAds/AnswerReader.cs",
            "«index < results.Count && results[index].IsTaken» ? taken : unknown", "true",
            "faults", "--times", "1", "--only", "partial failure truncated"),
        new("a pending request taken for a confirmed one", "Core/Confirmations/RequestConfirmation.cs",
            "var outcomes = «confirmation.Outcomes»;",
            "confirmation.Outcomes ?? (IReadOnlyList<UploadOutcome>)[.. request.Rows.Select(_ => UploadOutcome.Completed())]",
            "simulate", "--seeds", "300"),
        new("a request given up at the first question", "Core/Confirmations/RequestConfirmation.cs",
            "outcomes is null && «request.Overdue»", "true",
            "simulate", "--seeds", "300"),
    ];
}

/// <summary>The write-back and the settling, in their SQL.</summary>
internal static class OutcomeMutations
{
    private const string WriteBack = "Core/Queue/Sql/WriteBack.sql";

    public static IReadOnlyList<SourceMutation> All { get; } =
    [
        new("token check removed from the write-back", WriteBack,
            "and «q.claim_token = $1»\n", "true",
            "faults", "--times", "1", "--only", "a late worker"),
        new("a wait spends an attempt", "Core/Queue/ConversionQueue.WriteBack.cs",
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

/// <summary>When a run starts, stops and gives up.</summary>
internal static class RunMutations
{
    public static IReadOnlyList<SourceMutation> All { get; } =
    [
        new("requests started after a stop", "Core/Runs/RunLimits.cs",
            "Passed => «_stopping.IsCancellationRequested» ||", "false",
            "simulate", "--seeds", "300"),
        new("requests started after the time budget", "Core/Runs/RunLimits.cs",
            "|| «_time.GetElapsedTime(_started) >= _budget»;", "false",
            "simulate", "--seeds", "300"),
        new("sent without the second that could not be kept", "Core/Runs/GroupUpload.cs",
            "if («DatabaseErrors.IsPassing(exception)»)", "false",
            "faults", "--times", "1", "--only", "inside a shift"),
        new("no last attempt", "Core/Queue/RetryPolicy.cs",
            "(outcome.SpendsAttempt && «retryCount >= MaxAttempts - 1»)", "false",
            "simulate", "--seeds", "300"),
        new("a passing failure not told to the circuit", "Core/Queue/CircuitSignal.cs",
            "outcomes.Any(outcome => «outcome is { Kind: OutcomeKind.Retry, SpendsAttempt: true }»)", "false",
            "faults", "--times", "1", "--only", "until circuits open"),
        new("a missing vault key fails the rows", "Core/Runs/CredentialOpening.cs",
            "if («fault == VaultFault.Unreadable»)", "true",
            "faults", "--times", "1", "--only", "wrong vault key"),
    ];
}

/// <summary>Corrections of sales that changed.</summary>
internal static class CorrectionMutations
{
    private const string Functions = "Core/Database/Migrations/0012_corrections.sql";
    private const string Claim = "Core/Corrections/Sql/ClaimCorrections.sql";

    public static IReadOnlyList<SourceMutation> All { get; } =
    [
        new("token check removed from the write-back of corrections", "Core/Corrections/Sql/WriteBackCorrections.sql",
            "and «c.claim_token = $1»\n", "true",
            "faults", "--times", "1", "--only", "late corrections"),
        new("a correction before its upload", Claim,
            "and «(q.status = 'COMPLETED' or q.status = 'FAILED' and q.provider_error_code = 'SALE_CANCELED'))\n          and not exists»",
            "q.status is not null)\n          and not exists",
            "faults", "--times", "1", "--only", "beside uploads that wait"),
        new("another moment at each sending of a correction", "Core/Corrections/GroupCorrection.cs",
            "CorrectedAt = «job.CorrectedAt»,", "job.CorrectedAt.AddSeconds(job.ClaimCount)",
            "simulate", "--seeds", "300"),
        new("a canceled sale's row left in the queue, uncorrected", Functions,
            "if «v_row.status <> 'FAILED' or v_row.code <> c_canceled» then", "false",
            "kills", "--count", "1", "--only", "killed after the request is sent"),
    ];
}

/// <summary>What all workers together may send.</summary>
internal static class LimitMutations
{
    public static IReadOnlyList<SourceMutation> All { get; } =
    [
        new("a lease without what others took", "Core/Limits/Sql/LeaseRequests.sql",
            "greatest(0, least($5, «$3 - t.minute_taken», $4 - t.day_taken)) as granted", "$3",
            "faults", "--times", "1", "--only", "two workers within one minute's requests"),
    ];
}
