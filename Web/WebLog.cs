namespace OpsMantik.Web;

/// <summary>Every log message of the worker around Core, whatever hosts it. Event ids 1000 to 1999. No message carries a secret.</summary>
internal static partial class WebLog
{
    [LoggerMessage(1000, LogLevel.Error, "{Fault}. Until then every POST is answered with 403.")]
    public static partial void CronLocked(this ILogger logger, string fault);

    [LoggerMessage(1001, LogLevel.Warning, "Function {Function} is switched off (AzureWebJobs.{Function}.Disabled)")]
    public static partial void FunctionOff(this ILogger logger, string function);

    [LoggerMessage(1002, LogLevel.Warning,
        "The database cannot be reached (ConnectionStrings__OpsMantik): {Reason}; it is looked for again before the next run")]
    public static partial void DatabaseAway(this ILogger logger, string? reason);

    [LoggerMessage(1003, LogLevel.Warning, "The database could not be checked")]
    public static partial void DatabaseCheckFailed(this ILogger logger, Exception exception);

    [LoggerMessage(1004, LogLevel.Information, "Signing in to the database with an Entra token, valid until {End:u}")]
    public static partial void TokenFetched(this ILogger logger, DateTimeOffset end);

    [LoggerMessage(1005, LogLevel.Warning,
        "The Entra token for the database could not be renewed; the last one is good until {End:u}. {Reason}")]
    public static partial void TokenNotRenewed(this ILogger logger, DateTimeOffset end, string reason);

    [LoggerMessage(1006, LogLevel.Error, "{Reason}. It is asked for again every few seconds")]
    public static partial void TokenRefused(this ILogger logger, string reason);

    [LoggerMessage(1007, LogLevel.Warning, "Less safe than it could be: {Message}. {Fix}")]
    public static partial void SettingUnsafe(this ILogger logger, string message, string fix);

    [LoggerMessage(1008, LogLevel.Error, "{Fault}. Until then it opens nothing; the cron secret opens the status page.")]
    public static partial void StatusSecretUseless(this ILogger logger, string fault);

    [LoggerMessage(1010, LogLevel.Information, "Timer {Function} runs on schedule {Schedule} (UTC), next at {Next:u}")]
    public static partial void TimerScheduled(this ILogger logger, string function, string schedule, DateTime next);

    [LoggerMessage(1011, LogLevel.Information, "Timer {Function} started")]
    public static partial void TimerStarted(this ILogger logger, string function);

    [LoggerMessage(1012, LogLevel.Error, "Timer {Function} failed, correlation id {CorrelationId}; it runs again at its next time")]
    public static partial void TimerFailed(
        this ILogger logger, Exception exception, string function, string correlationId);

    [LoggerMessage(1013, LogLevel.Warning, "Timer {Function} is skipped: {Fault}")]
    public static partial void TimerSkipped(this ILogger logger, string function, string fault);

    [LoggerMessage(1020, LogLevel.Warning, "Function {Function} found the database away: {Reason}")]
    public static partial void RequestWithoutDatabase(this ILogger logger, string function, string reason);

    [LoggerMessage(1021, LogLevel.Error, "Function {Function} failed, correlation id {CorrelationId}")]
    public static partial void RequestFailed(
        this ILogger logger, Exception exception, string function, string correlationId);
}
