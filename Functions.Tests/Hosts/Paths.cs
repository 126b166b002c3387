namespace OpsMantik.Functions.Tests.Hosts;

/// <summary>The paths as the runbook writes them; not taken from the code, so that it cannot move them unseen.</summary>
internal static class Paths
{
    public const string Upload = "/api/cron/process-offline-conversions";
    public const string Recover = "/api/cron/providers/recover-processing";
    public const string Confirm = "/api/cron/providers/confirm-uploads";
    public const string Reconcile = "/api/cron/providers/reconcile";
    public const string Seed = "/api/cron/providers/seed-credentials";
    public const string Health = "/api/health";
    public const string Status = "/api/status";
    public const string Sale = "/api/status/sale/{id}";
}
