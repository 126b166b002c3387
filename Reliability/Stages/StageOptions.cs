namespace OpsMantik.Reliability.Stages;

/// <summary>What is queued before a scenario begins.</summary>
/// <param name="Sites">Sites with credentials of their own.</param>
/// <param name="RowsPerSite">Rows of each.</param>
/// <param name="ClickPrefix">Within the click ids: <c>once-INTERNAL_ERROR-</c> makes Google refuse each the first time.</param>
/// <param name="OwnServer">The scenario stops the server: it gets one of its own.</param>
/// <param name="UploadApi">The sites' way to Google; null for what they used before there was a choice.</param>
internal sealed record StageOptions(
    int Sites = 6, int RowsPerSite = 20, string ClickPrefix = "", bool OwnServer = false, string? UploadApi = null);
