namespace OpsMantik.Functions;

/// <summary>Routes of the HTTP functions below <see cref="Prefix"/>, as the operators' runbook calls them.</summary>
public static class Routes
{
    /// <summary>The <c>routePrefix</c> of host.json.</summary>
    public const string Prefix = "api";

    public const string ProcessOfflineConversions = "cron/process-offline-conversions";
    public const string RecoverProcessing = "cron/providers/recover-processing";
    public const string SeedCredentials = "cron/providers/seed-credentials";
    public const string ConfirmUploads = "cron/providers/confirm-uploads";
    public const string Health = "health";
    public const string Status = "status";

    /// <summary>The path a caller uses: <c>/api/…</c>.</summary>
    public static string PathOf(string route) => $"/{Prefix}/{route}";
}
