using System.CommandLine;
using System.Globalization;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed;
using OpsMantik.Testbed.Workers;
using Spectre.Console;

namespace OpsMantik.Reliability.Load;

/// <summary>
/// A worker's memory does not grow with the queue: the peak of draining a million rows is held against that of 50,000.
/// </summary>
internal static class LoadProof
{
    public const int DefaultRows = 1_000_000;

    private const int BaseRows = 50_000;
    private const int Sites = 1_000;
    private const double MostGrowth = 1.3;

    public static async Task<ScenarioResult> RunAsync(int rows)
    {
        await using var server = await TestbedServer.StartAsync();
        var (small, smallPeak) = await DrainAsync(server, BaseRows);
        var (large, largePeak) = await DrainAsync(server, rows);
        var growth = (double)largePeak / smallPeak;
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"Peak resident memory: {smallPeak >> 20} MiB for {BaseRows:N0} rows, {largePeak >> 20} MiB for {rows:N0}: {growth:0.00} times."));
        string[] grown = growth <= MostGrowth
            ? []
            : [string.Create(CultureInfo.InvariantCulture, $"peak memory grew {growth:0.00} times, {MostGrowth} allowed")];
        return large with { Broken = [.. small.Broken, .. large.Broken, .. grown] };
    }

    private static async Task<(ScenarioResult Result, long Peak)> DrainAsync(TestbedServer server, int rows)
    {
        await using var database = await server.CreateDatabaseAsync();
        // This process holds the emulator: of a million conversions it keeps what the judgement needs.
        await using var google = await GoogleEmulator.StartAsync();
        (google.KeepBodies, google.KeepAccepted) = (false, false);
        var sites = await database.AddSitesAsync(Sites);
        await database.EnqueueAsync(sites, [.. sites.Select((_, place) => rows / Sites + (place < rows % Sites ? 1 : 0))]);
        await database.ExecuteAsync("analyze");

        var drain = await WorkerDrain.RunAsync(database, google);
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{rows:N0} rows of {Sites:N0} sites in {drain.Took.TotalSeconds:0} s, {rows / drain.Took.TotalSeconds:N0} a second."));
        return (await CheckAsync(database, google, drain, rows), drain.Peak);
    }

    /// <summary>Without a fault each row arrives once, has its effect once and is COMPLETED at its first attempt.</summary>
    private static async Task<ScenarioResult> CheckAsync(
        TestbedDatabase database, GoogleEmulator google, WorkerDrain drain, int rows)
    {
        var completed = await database.ScalarAsync<long>(
            "select count(*) from offline_conversion_queue where status = 'COMPLETED' and retry_count = 0");
        var counted = await database.ScalarAsync<long>(
            "select coalesce(sum(completed_total), 0)::bigint from provider_upload_metrics");
        var orders = google.Orders;
        var once = orders.LongCount(order => order.Counted == 1);
        List<string> broken = [];
        if (completed != rows || counted != rows)
            broken.Add($"{completed} rows are COMPLETED and {counted} counted, of {rows}");
        if (drain.LeakedSecret)
            broken.Add("the worker printed a secret");
        return new ScenarioResult(
            $"load of {rows.ToString("N0", CultureInfo.InvariantCulture)} rows", 1, rows, rows - once,
            google.EffectCount - once, orders.LongCount(order => order.Deliveries > 1), 0, drain.Took, broken);
    }
}

/// <summary><c>load --rows 1000000</c></summary>
internal static class LoadCommand
{
    public static Command Create()
    {
        var rows = ProofOptions.Count("--rows", "Rows of the large drain.", LoadProof.DefaultRows);
        var command = new Command("load", "A million queued rows drained by one worker process with flat memory.") { rows };
        command.SetAction(async (parsed, _) => ReportTable.Print(
            AnsiConsole.Console, [await LoadProof.RunAsync(parsed.GetRequiredValue(rows))]));
        return command;
    }
}
