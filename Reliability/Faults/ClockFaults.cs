using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Local.Postgres;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Faults;

/// <summary>The database's clock, which decides leases and waits, jumps two days ahead and back.</summary>
internal static class ClockFaults
{
    public static IReadOnlyList<FaultScenario> All { get; } =
    [
        new("PostgreSQL's clock two days ahead and back", environment => JumpAsync(environment, new FakeClock(environment.Server.Postgres)))
        {
            Options = new() { OwnServer = true, ServerOptions = FakeClock.ServerOptions },
            IsSlow = true,
            FindObstacle = () => FakeClock.Library is null ? "there is no libfaketime (Debian: apt-get install libfaketime)" : null,
        },
        new("what a clock two days ahead left behind", LeaveBehindAsync),
    ];

    /// <summary>The server's own clock, by libfaketime: the worker's stays right.</summary>
    private static async Task<WorkerClient> JumpAsync(ProofEnvironment environment, FakeClock clock)
    {
        environment.Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromMilliseconds(400)));
        environment.Google.QueueBehaviour(null, CallBehaviour.ServerError(), 2);
        var (worker, other) = (
            await environment.StartWorkerAsync(null, null, ("Upload:MaxParallelGroups", "2")), await environment.StartWorkerAsync());
        var run = worker.TryUploadAsync();
        await Calls.UntilAsync(() => environment.Google.Calls.Count > 2, "batches in flight");

        // Every claim is two days old, and taken from a worker that lives.
        await environment.Database.ExecuteAsync("insert into audit_clock_jumps (shift) values ('2 days')");
        clock.Set("+2d");
        await ExpectClockAsync(environment, TimeSpan.FromDays(2));
        await other.RecoverAsync();
        await environment.EnqueueAsync(5);
        var ahead = other.TryUploadAsync();
        await Calls.UntilAsync(() => environment.Google.Calls.Count > 8, "rows claimed two days ahead are sent");

        // Claims of two days ahead would be young for two days.
        clock.Set("+0");
        await ExpectClockAsync(environment, TimeSpan.Zero);
        environment.EndFault();
        await Task.WhenAll(run, ahead);
        environment.Google.SetBehaviour(null, CallBehaviour.Normal);
        return other;
    }

    private static async Task ExpectClockAsync(ProofEnvironment environment, TimeSpan shift)
    {
        var seconds = await environment.Database.ScalarAsync<double>(
            "select extract(epoch from clock_timestamp() - $1)::float8", TimeProvider.System.GetUtcNow().UtcDateTime);
        if (Math.Abs(seconds - shift.TotalSeconds) > 60)
            throw new InvalidOperationException($"The database's clock is {seconds:0} s ahead, not {shift.TotalSeconds:0}.");
    }

    /// <summary>
    /// Where a server's clock cannot be set: the times that are stored while it is two days ahead, claims of a worker that
    /// died and leases of probes. Nobody moves them back: recovery must know them for what they are.
    /// </summary>
    private static async Task<WorkerClient> LeaveBehindAsync(ProofEnvironment environment)
    {
        await environment.Database.ExecuteAsync(
            """
            update offline_conversion_queue
            set status = 'PROCESSING', claim_token = gen_random_uuid(), claimed_at = now() + interval '2 days', claim_count = 1
            where site_id = any ($1);
            """,
            environment.Sites[..2]);
        await environment.Database.ExecuteAsync(
            """
            insert into provider_health_state
                (site_id, provider_key, state, failure_count, opened_at, next_probe_at, probe_token, probe_lease_until)
            select s, 'google_ads', 'HALF_OPEN', 5, now() + interval '2 days', now() + interval '2 days', gen_random_uuid(),
                   now() + interval '2 days 10 minutes'
            from unnest($1) s
            """,
            environment.Sites[2..4]);
        var worker = await environment.StartWorkerAsync();
        environment.EndFault();
        await worker.UploadAsync();
        if (await worker.RecoverAsync() == 0)
            throw new InvalidOperationException("Claims of two days ahead were not recovered.");
        await worker.UploadAsync();
        return worker;
    }
}

/// <summary>A server's clock that can be set: libfaketime, which reads by how much from a file, each time it is asked.</summary>
internal sealed class FakeClock(PrivatePostgres postgres)
{
    private static readonly string[] Places =
    [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1",
        "/usr/lib/faketime/libfaketimeMT.so.1", "/usr/lib64/faketime/libfaketimeMT.so.1",
    ];

    /// <summary>Null where it is not installed.</summary>
    public static string? Library { get; } = Places.FirstOrDefault(File.Exists);

    /// <summary>The file is relative to the data folder, in which the server works: each server has its own.</summary>
    public static PrivatePostgresOptions ServerOptions { get; } = new()
    {
        Environment = Library is null ? new Dictionary<string, string>() : new Dictionary<string, string>
        {
            ["LD_PRELOAD"] = Library,
            ["FAKETIME_TIMESTAMP_FILE"] = FileName,
            ["FAKETIME_NO_CACHE"] = "1",
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        },
    };

    private const string FileName = "clock.txt";

    /// <param name="shift">From the true time, such as +2d.</param>
    public void Set(string shift)
    {
        var file = Path.Combine(postgres.DataDirectory, FileName);
        File.WriteAllText(file + ".new", shift + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file + ".new", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        File.Move(file + ".new", file, overwrite: true);
    }
}
