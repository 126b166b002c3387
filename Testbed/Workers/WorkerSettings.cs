using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Testbed.Workers;

/// <summary>Settings of a worker on a testbed: names as the configuration spells them, with colons.</summary>
public static class WorkerSettings
{
    public const string CronSecret = "CANARY-cron-secret";

    /// <summary>
    /// Its database and emulator, a free port, and no timers of its own: its owner calls it.
    /// </summary>
    /// <param name="connectionString">As the worker's login; perhaps through a proxy.</param>
    /// <param name="more">Added to these, or replacing them.</param>
    public static Dictionary<string, string?> For(
        string connectionString, GoogleEmulator google, params IEnumerable<(string Name, string? Value)> more)
    {
        var settings = new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
            ["ConnectionStrings:OpsMantik"] = connectionString,
            ["CRON_SECRET"] = CronSecret,
            ["OPSMANTIK_VAULT_KEY"] = BulkSeed.VaultKey,
            ["GoogleAds:BaseAddress"] = google.BaseAddress.ToString(),
            ["GoogleAds:TokenUri"] = google.TokenUri.ToString(),
            ["DataManager:BaseAddress"] = google.DataManagerBaseAddress.ToString(),
            // The Functions host starts no app without them, be the timers on or off.
            ["UPLOAD_SCHEDULE"] = "0 */10 * * * *",
            ["RECOVERY_SCHEDULE"] = "0 */30 * * * *",
            ["CONFIRM_SCHEDULE"] = "0 */30 * * * *",
            ["RECONCILE_SCHEDULE"] = "0 0 6 * * *",
            ["AzureWebJobs:ProcessOfflineConversionsTimer:Disabled"] = "true",
            ["AzureWebJobs:RecoverProcessingTimer:Disabled"] = "true",
            ["AzureWebJobs:ConfirmUploadsTimer:Disabled"] = "true",
            ["AzureWebJobs:ReconcileUploadsTimer:Disabled"] = "true",
        };
        foreach (var (name, value) in more)
            settings[name] = value;
        return settings;
    }
}
