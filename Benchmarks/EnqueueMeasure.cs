using System.Diagnostics;
using System.Globalization;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks;

/// <summary>
/// A day's file of sales from the disk into the queue by <c>opsmantik enqueue</c>, a process of its own, beside PostgreSQL
/// storing the same sales without reading, checking or hashing anything.
/// </summary>
internal sealed class EnqueueMeasure : IMeasure
{
    private const string Bare =
        """
        with sold as (
            insert into sales (id, site_id, occurred_at, amount_cents, currency, status, external_ref)
            select gen_random_uuid(), $1, now() - interval '1 day', 12345, 'TRY', 'CONFIRMED', 'bare-' || n
            from generate_series(1, $2::int) as n
            returning id, occurred_at
        )
        insert into offline_conversion_queue (site_id, sale_id, provider_key, gclid, conversion_time, value_cents, currency, payload)
        select $1, s.id, 'google_ads', 'Bare-' || s.id, s.occurred_at, 12345, 'TRY', '{}'
        from sold s
        """;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    public string Name => "enqueue";

    public string Description => "Time and peak memory of a file's way into the queue.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var rows = bench.Sizes.EnqueueRows;
        await using var empty = await bench.Server.CreateDatabaseAsync();
        var site = (await empty.AddSitesAsync(1))[0];
        var folder = Directory.CreateTempSubdirectory("opsmantik-enqueue-");
        try
        {
            var file = Path.Combine(folder.FullName, "sales.csv");
            await File.WriteAllLinesAsync(file, Lines(site, rows), cancellation);
            List<double> times = [], peaks = [], ratios = [];
            for (var run = 0; run < bench.Sizes.Runs; run++)
            {
                var bare = await bench.OnCopyAsync(empty, database => StoreAsync(database, site, rows));
                var (time, peak) = await bench.OnCopyAsync(empty, database => EnqueueAsync(database, file, rows, cancellation));
                (times, peaks, ratios) = ([.. times, time.TotalSeconds], [.. peaks, peak / (double)(1 << 20)], [.. ratios, time / bare]);
                bench.Say($"{Name}: {time.TotalSeconds:0.0} s, {peaks[^1]:0} MiB; stored bare in {bare.TotalSeconds:0.0} s");
            }

            return
            [
                new Figure(Name, $"{rows:N0} lines, from the start of the process", "s", times, Goal.Most(6, 15)),
                new Figure(Name, $"{rows:N0} lines: peak memory", "MiB", peaks, Goal.Most(150, 260)),
                new Figure(Name, $"{rows:N0} lines over storing them bare", "×", ratios),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    // As a dashboard exports them: every fifth customer with a telephone number and an address, which are hashed.
    private static IEnumerable<string> Lines(Guid site, int rows)
    {
        yield return "site_id,external_ref,gclid,occurred_at,amount,currency,phone,email";
        var at = TimeProvider.System.GetUtcNow().AddDays(-1);
        for (var row = 0; row < rows; row++)
        {
            var contact = row % 5 == 0 ? string.Create(CultureInfo.InvariantCulture, $"+90 532 {row % 900 + 100:000} {row % 90 + 10:00} 11,kunde{row}@example.com") : ",";
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{site},order-{row},EAIaIQobChMI{row:000000}aBcDeFgHiJkLmNoPqRsTuVwXyZ_BwE,{at.AddSeconds(-row):yyyy-MM-dd HH:mm:ss}+03:00,{row % 100_000 / 100m:0.00},TRY,{contact}");
        }
    }

    private static async Task<TimeSpan> StoreAsync(TestbedDatabase database, Guid site, int rows)
    {
        var started = Stopwatch.GetTimestamp();
        await database.ExecuteAsync(Bare, site, rows);
        return Stopwatch.GetElapsedTime(started);
    }

    private static async Task<(TimeSpan Time, long Peak)> EnqueueAsync(
        TestbedDatabase database, string file, int rows, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "opsmantik.dll"), "enqueue", "--file", file, "--yes", "--json"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["ConnectionStrings__OpsMantik"] = database.OperatorConnectionString;
        start.Environment["OPSMANTIK_VAULT_KEY"] = BulkSeed.VaultKey;
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var peak = 0L;
        while (!process.HasExited)
        {
            process.Refresh();
            try
            {
                peak = Math.Max(peak, process.PeakWorkingSet64);
            }
            catch (InvalidOperationException)
            {
                // It ended between the two lines.
            }

            await Task.Delay(Poll, cancellation);
        }

        var took = Stopwatch.GetElapsedTime(started);
        return process.ExitCode == 0
            && await database.ScalarAsync<long>("select count(*) from offline_conversion_queue") == rows
            ? (took, peak)
            : throw new InvalidOperationException($"opsmantik enqueue ended with {process.ExitCode}: {await output}");
    }
}
