using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Reliability.Faults;
using OpsMantik.Testbed;
using OpsMantik.Testbed.Workers;
using Spectre.Console;

namespace OpsMantik.Reliability.Load;

/// <summary>
/// The database is away for a while in the middle of a drain by several worker processes: how long until the first row ends
/// again, until rows end as fast as before, until all have ended.
/// </summary>
internal static class OutageProof
{
    public static readonly OutageOptions Default = new(Rows: 1_000_000, Workers: 8, Length: TimeSpan.FromMinutes(10));

    // Of the rate before the outage, over as many seconds.
    private const double Regained = 0.9;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(45);

    public static async Task<ScenarioResult> RunAsync(OutageOptions options)
    {
        await using var server = await TestbedServer.StartAsync();
        await using var database = await server.CreateDatabaseAsync();
        // This process holds the emulator: of a million conversions it keeps what the judgement needs.
        await using var google = await GoogleEmulator.StartAsync();
        (google.KeepBodies, google.KeepAccepted) = (false, false);
        var sites = await database.AddSitesAsync(Math.Min(options.Rows, 1_000));
        await database.EnqueueAsync(
            sites, [.. sites.Select((_, place) => options.Rows / sites.Length + (place < options.Rows % sites.Length ? 1 : 0))]);
        await database.ExecuteAsync("analyze");

        await using var workers = await OutageWorkers.StartAsync(database, google, options.Workers);
        await using var progress = new Progress(database);
        await progress.UntilAsync(options.Rows / 10, Patience);
        var from = progress.Last;
        await progress.UntilAsync(options.Rows * 3L / 10, Patience);
        var before = progress.RateSince(from);

        await server.Postgres.StopAsync(immediate: true);
        var stopped = progress.Last.Ended;
        await Task.Delay(options.Length);
        await server.Postgres.RestartAsync();
        var back = Stopwatch.GetTimestamp();
        database.Admin.Clear();
        var inFlight = await database.ScalarAsync<long>(
            "select count(*) from offline_conversion_queue where status = 'PROCESSING' and claimed_at < now() - $1", options.Length / 2);
        if (options.AgeClaims)
            await AgeClaimsAsync(database);

        await progress.UntilAsync(options.Rows, Patience);
        var report = Report(progress, back, stopped, before, options.Rows - inFlight);
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Before: {before:N0} rows a second. {stopped:N0} had ended and {inFlight:N0} were in flight when the database went away for {options.Length.TotalMinutes:0.#} minutes. {report}"));
        var result = await CheckAsync(database, google, options, inFlight, Stopwatch.GetElapsedTime(back));
        return workers.LeakedSecret ? result with { Broken = [.. result.Broken, "a worker printed a secret"] } : result;
    }

    /// <summary>What waits for the age of recovery is old enough at once.</summary>
    private static Task<int> AgeClaimsAsync(TestbedDatabase database) => database.ExecuteAsync(
        """
        update offline_conversion_queue
        set claimed_at = now() - interval '16 minutes'
        where id in (select q.id from offline_conversion_queue q where q.status = 'PROCESSING' for update skip locked)
        """);

    private static string Report(Progress progress, long back, long stopped, double before, long waiting)
    {
        var first = progress.FirstAfter(back, sample => sample.Ended > stopped);
        var fast = progress.FirstAfter(back, sample =>
            progress.At(sample.Time - (long)(Window.TotalSeconds * Stopwatch.Frequency)) is { } earlier
            && (sample.Ended - earlier.Ended) / Window.TotalSeconds >= before * Regained);
        var waited = progress.FirstAfter(back, sample => sample.Ended >= waiting);
        return string.Create(CultureInfo.InvariantCulture,
            $"After it: the first row ended in {Seconds(first)}, as fast as before in {Seconds(fast)}, all that had waited ended in {Seconds(waited)}, all in {Seconds(progress.Last)}.");

        string Seconds(Sample? sample) => sample is { } there
            ? Stopwatch.GetElapsedTime(back, there.Time).TotalSeconds.ToString("0.0 s", CultureInfo.InvariantCulture)
            : "(never)";
    }

    /// <summary>Each row has its effect once and is COMPLETED; only what was in flight may have arrived twice.</summary>
    private static async Task<ScenarioResult> CheckAsync(
        TestbedDatabase database, GoogleEmulator google, OutageOptions options, long inFlight, TimeSpan timeToRecover)
    {
        var completed = await database.ScalarAsync<long>(
            "select count(*) from offline_conversion_queue where status = 'COMPLETED' and retry_count = 0");
        var counted = await database.ScalarAsync<long>(
            "select coalesce(sum(completed_total), 0)::bigint from provider_upload_metrics");
        var recovered = await database.ScalarAsync<long>("select count(*) from offline_conversion_queue where claim_count > 1");
        var orders = google.Orders;
        var once = orders.LongCount(order => order.Counted == 1);
        var twice = orders.LongCount(order => order.Deliveries > 1);
        List<string> broken = [];
        if (completed != options.Rows || counted != options.Rows)
            broken.Add($"{completed} rows are COMPLETED and {counted} counted, of {options.Rows}");
        if (twice > inFlight)
            broken.Add($"{twice} rows were sent more than once, and {inFlight} were in flight");
        return new ScenarioResult(
            string.Create(CultureInfo.InvariantCulture, $"database away for {options.Length.TotalMinutes:0.##} minutes, {options.Workers} workers"),
            1, options.Rows, options.Rows - once, google.EffectCount - once, twice, recovered, timeToRecover, broken);
    }
}

/// <param name="Rows">Waiting when the workers start.</param>
/// <param name="Workers">Processes.</param>
/// <param name="Length">For how long the database is away.</param>
/// <param name="AgeClaims">Claims in flight are old enough for recovery at once, instead of 15 minutes after them.</param>
internal sealed record OutageOptions(int Rows, int Workers, TimeSpan Length, bool AgeClaims = false);

/// <summary>Worker processes, each called again as soon as it has answered: what the schedules add is no property of the code.</summary>
internal sealed class OutageWorkers : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RecoveryInterval = TimeSpan.FromSeconds(10);

    private readonly List<WorkerProcess> _workers = [];
    private readonly CancellationTokenSource _over = new();
    private Task _loops = Task.CompletedTask;

    public bool LeakedSecret => _workers.Any(worker => worker.LeakedSecret);

    public static async Task<OutageWorkers> StartAsync(TestbedDatabase database, GoogleEmulator google, int count)
    {
        var workers = new OutageWorkers();
        try
        {
            for (var place = 0; place < count; place++)
                workers._workers.Add(await WorkerProcess.StartAsync(WorkerSettings.For(database.WorkerConnectionString, google)));
        }
        catch
        {
            await workers.DisposeAsync();
            throw;
        }

        workers._loops = Task.WhenAll(
            [.. workers._workers.Select(workers.UploadAsync), workers.RecoverAsync(workers._workers[0])]);
        return workers;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        foreach (var worker in _workers)
            await worker.DisposeAsync();
        await _loops;
        _over.Dispose();
    }

    private async Task UploadAsync(WorkerProcess worker)
    {
        while (!_over.IsCancellationRequested)
        {
            await worker.Client.TryUploadAsync();
            // Also between two full runs: a call that the database's absence ends at once must not become a storm of calls.
            await Task.Delay(Pause / 10, CancellationToken.None);
        }
    }

    private async Task RecoverAsync(WorkerProcess worker)
    {
        while (!_over.IsCancellationRequested)
        {
            await worker.Client.TryRecoverAsync();
            await Task.WhenAny(Task.Delay(RecoveryInterval, _over.Token));
        }
    }
}

/// <summary><c>outage --rows 1000000 --workers 8 --minutes 10</c></summary>
internal static class OutageCommand
{
    public static Command Create()
    {
        var rows = ProofOptions.Count("--rows", "Rows that wait when the workers start.", OutageProof.Default.Rows);
        var workers = ProofOptions.Count("--workers", "Worker processes.", OutageProof.Default.Workers);
        var minutes = new Option<double>("--minutes")
        {
            Description = "For how long the database is away.",
            DefaultValueFactory = _ => OutageProof.Default.Length.TotalMinutes,
        };
        var command = new Command("outage", "The database away in the middle of a drain: how long until all is as it was.")
        {
            rows, workers, minutes,
        };
        command.SetAction(async (parsed, _) => ReportTable.Print(
            AnsiConsole.Console,
            [
                await OutageProof.RunAsync(new OutageOptions(
                    parsed.GetRequiredValue(rows), parsed.GetRequiredValue(workers), TimeSpan.FromMinutes(parsed.GetRequiredValue(minutes)))),
            ]));
        return command;
    }
}
