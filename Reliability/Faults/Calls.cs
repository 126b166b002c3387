using System.Diagnostics;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Faults;

/// <summary>How scenarios call workers that may be in trouble.</summary>
internal static class Calls
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>An upload that the fault may break off: what it did is for the invariants to say.</summary>
    public static async Task TryUploadAsync(this WorkerClient worker, int limit = WorkerClient.MaxRows)
    {
        try
        {
            await worker.UploadAsync(limit);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
        }
    }

    /// <summary>A recovery that the fault may break off.</summary>
    public static async Task TryRecoverAsync(this WorkerClient worker, int minAgeMinutes = 15)
    {
        try
        {
            await worker.RecoverAsync(minAgeMinutes);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
        }
    }

    /// <summary>A round of questions that the fault may break off.</summary>
    public static async Task TryConfirmAsync(this WorkerClient worker)
    {
        try
        {
            await worker.ConfirmAsync();
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
        }
    }

    /// <summary>Waits until something is so.</summary>
    /// <exception cref="TimeoutException">It never was, for a minute: the scenario does not show what it is for.</exception>
    public static async Task UntilAsync(Func<bool> condition, string what)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new TimeoutException($"Never happened: {what}.");
            await Task.Delay(5);
        }
    }
}

/// <summary>Texts by which a proxy knows the worker's statements.</summary>
internal static class Statements
{
    public const string Claim = "take_provider_probe";
    public const string Deferral = "gated as materialized";
    public const string FreedProbes = "h.site_id not in (";
    public const string Shift = "set conversion_time_shift";
    public const string WriteBack = "settle_provider_circuit";
    public const string RefusedRow = "select end_refused_offline_conversion_job";
    public const string Release = "any (array(select unnest($4)";
    public const string Recovery = "recovered as (";
    public const string RowByRow = "select recover_stuck_offline_conversion_jobs";
    public const string CircuitRecovery = "s.id is null as orphaned";
    public const string Endless = "select fail_endless_offline_conversion_jobs";
    public const string RequestLease = "insert into provider_request_limits";
    public const string Lease = "set lease_token = $3";
    public const string Settling = "set settled_at = case";
    public const string Postponement = "set next_check_at = now() + $5";
    public const string Backlog = "insert into provider_backlog_samples";
    public const string Tick = "insert into worker_ticks";
}

/// <summary>The system's clock, wrong by a fixed span; durations are right.</summary>
internal sealed class ShiftedTime(TimeSpan shift) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + shift;
}
