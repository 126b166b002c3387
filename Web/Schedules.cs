using NCrontab;

namespace OpsMantik.Web;

/// <summary>When the timers fire: six cron fields beginning with seconds, in UTC. A setting overrides each.</summary>
public static class Schedules
{
    public const string Upload = "0 */10 * * * *";
    public const string UploadSetting = "UPLOAD_SCHEDULE";

    public const string Recovery = "0 */30 * * * *";
    public const string RecoverySetting = "RECOVERY_SCHEDULE";

    public const string Confirmation = "0 */30 * * * *";
    public const string ConfirmationSetting = "CONFIRM_SCHEDULE";

    public const string Reconciliation = "0 0 6 * * *";
    public const string ReconciliationSetting = "RECONCILE_SCHEDULE";

    /// <summary>The schedule that a setting holds, or the default where it is not set.</summary>
    /// <exception cref="SettingsException">No six cron fields, or a date that never comes.</exception>
    internal static CrontabSchedule Read(IConfiguration configuration, string setting, string fallback)
    {
        var text = configuration[setting];
        var schedule = CrontabSchedule.TryParse(
            string.IsNullOrWhiteSpace(text) ? fallback : text.Trim(),
            new CrontabSchedule.ParseOptions { IncludingSeconds = true });
        if (schedule is null)
            throw new SettingsException($"{setting} must be six cron fields beginning with seconds, such as {fallback}");

        // Any eight years have a 29 February in them, so what does not occur here (30 February) never does.
        var start = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        if (!schedule.GetNextOccurrences(start, start.AddYears(8)).Any())
            throw new SettingsException($"{setting} names a date that never comes");
        return schedule;
    }
}
