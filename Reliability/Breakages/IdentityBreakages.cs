namespace OpsMantik.Reliability.Breakages;

/// <summary>What is sent, and what an answer is taken for.</summary>
internal static class IdentityBreakages
{
    public static IReadOnlyList<Breakage> All { get; } =
    [
        new("a new order id for each sending", "Core/Queue/ConversionReader.cs",
            "OrderId = «orderId ?? job.SaleId.ToString()»,", "orderId ?? Guid.NewGuid().ToString()",
            "simulate", "--seeds", "300"),
        new("the order id dropped on the wire", "Core/Providers/GoogleAds/ClickConversions.cs",
            "OrderId = «conversion.OrderId»,", "null!",
            "faults", "--times", "1", "--only", "Google 500"),
        new("the time of the sending instead of the sale's", "Core/Queue/ConversionReader.cs",
            "Time = payload.Time(\"conversion_time\") ?? «job.ConversionTime»,", "job.ConversionTime.AddSeconds(job.ClaimCount)",
            "simulate", "--seeds", "300"),
        new("rows of several sites in one request", "Core/Queue/Claim.cs",
            "groups.Count == 0 || «groups[^1].SiteId != siteId»", "false",
            "faults", "--times", "1", "--only", "Google 500"),
        new("sent, and given back as if unsent", "Core/Runs/GroupUpload.cs",
            "await ReleaseAsync(group, maySent: «true»);", "false",
            "simulate", "--seeds", "2000"),
        new("no answer taken for a success", "Core/Providers/GoogleAds/Errors/Verdict.cs",
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
