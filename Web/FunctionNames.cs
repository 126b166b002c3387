namespace OpsMantik.Web;

/// <summary>Names of the functions: the same under every host, in logs and in the Azure portal.</summary>
public static class FunctionNames
{
    public const string ProcessOfflineConversions = "ProcessOfflineConversions";
    public const string ProcessOfflineConversionsTimer = "ProcessOfflineConversionsTimer";
    public const string RecoverProcessing = "RecoverProcessing";
    public const string RecoverProcessingTimer = "RecoverProcessingTimer";
    public const string SeedCredentials = "SeedCredentials";
    public const string ConfirmUploads = "ConfirmUploads";
    public const string ConfirmUploadsTimer = "ConfirmUploadsTimer";
    public const string ReconcileUploads = "ReconcileUploads";
    public const string ReconcileUploadsTimer = "ReconcileUploadsTimer";
    public const string Health = "Health";
    public const string Status = "Status";
    public const string Sale = "StatusSale";

    internal static readonly IReadOnlyList<string> All =
    [
        ProcessOfflineConversions, ProcessOfflineConversionsTimer, RecoverProcessing, RecoverProcessingTimer,
        SeedCredentials, ConfirmUploads, ConfirmUploadsTimer, ReconcileUploads, ReconcileUploadsTimer, Health, Status, Sale,
    ];
}

/// <summary>Routes of the HTTP functions below <see cref="Prefix"/>, as the operators' runbook calls them.</summary>
public static class Routes
{
    /// <summary>The <c>routePrefix</c> of host.json.</summary>
    public const string Prefix = "api";

    public const string ProcessOfflineConversions = "cron/process-offline-conversions";
    public const string RecoverProcessing = "cron/providers/recover-processing";
    public const string SeedCredentials = "cron/providers/seed-credentials";
    public const string ConfirmUploads = "cron/providers/confirm-uploads";
    public const string ReconcileUploads = "cron/providers/reconcile";
    public const string Health = "health";
    public const string Status = "status";
    public const string Sale = "status/sale/{id}";

    /// <summary>The path a caller uses: <c>/api/…</c>.</summary>
    public static string PathOf(string route) => $"/{Prefix}/{route}";
}

/// <summary>
/// Functions that an operator switched off by <c>AzureWebJobs.&lt;Function&gt;.Disabled</c>. Under the Functions host that is
/// the host's to read; where there is none it means the same.
/// </summary>
internal sealed class FunctionSwitches(IConfiguration configuration)
{
    public bool IsOff(string function) => Keys(function).Any(key => Read(configuration[key]) == true);

    /// <summary>Switches that are neither on nor off: a function that runs although someone meant to stop it.</summary>
    public static IReadOnlyList<string> FindFaults(IConfiguration configuration) =>
    [
        .. FunctionNames.All.SelectMany(Keys)
            .Where(key => Read(configuration[key]) is null)
            .Select(key => $"{key.Replace(":", "__", StringComparison.Ordinal)} must be true or false"),
    ];

    // A variable's name may not hold dots on every system: there it is AzureWebJobs__<Function>__Disabled.
    private static IEnumerable<string> Keys(string function) =>
        [$"AzureWebJobs.{function}.Disabled", $"AzureWebJobs:{function}:Disabled"];

    private static bool? Read(string? value) => value?.Trim().ToUpperInvariant() switch
    {
        "1" or "TRUE" => true,
        null or "" or "0" or "FALSE" => false,
        _ => null,
    };
}
