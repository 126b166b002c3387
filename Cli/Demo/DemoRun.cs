using OpsMantik.Cli.Demo.Summary;
using OpsMantik.Cli.Sales;
using OpsMantik.Local.GoogleEmulator;
using Spectre.Console;

namespace OpsMantik.Cli.Demo;

/// <summary>The demo from start to end: sets up, uploads, judges, stays up, and stops all it started.</summary>
internal sealed class DemoRun(DemoOptions options, IAnsiConsole console, TimeProvider time)
{
    private readonly LogGate _log = new();

    /// <returns>The exit code: 0 when every sale ended as the sample says, else 1.</returns>
    public async Task<int> RunAsync(CancellationToken stopping)
    {
        var samples = SalesFile.Read(SalesFile.BundledPath);
        var sites = DemoSite.From(samples.Select(sample => sample.Site));
        var sales = DemoSale.From(samples, sites);

        await using var database = await OpenDatabaseAsync(stopping);
        Say(database.Description);
        await using var emulator = await GoogleEmulator.StartAsync(time, cancellationToken: stopping);
        Say($"Google emulator at {emulator.BaseAddress}");
        emulator.ProcessingDelay = Confirmation.Processing;
        GoogleAddresses google = new(emulator.BaseAddress, emulator.TokenUri, emulator.DataManagerBaseAddress);
        await using var app = await DemoApp.StartAsync(database.AppConnectionString, google, _log, stopping);
        Say($"Worker at {app.Address}, schedules live"
            + (app.IsOnUsualPort ? "" : " (port 7071 is taken by another process)"));

        var summary = await WorkAsync(database, emulator, app, sites, sales, stopping);
        SummaryTable.Write(console, summary, time.GetUtcNow());
        if (options.Json)
            Console.Out.WriteLine(summary.ToJson());

        using var envFile = options.EnvFile is { } file
            ? EnvFile.Write(file, database.AppConnectionString, app, emulator, sites, sales)
            : null;
        if (!options.Once)
        {
            NextSteps.Write(console, app.Address, app.CronSecret, BrokenSite(sites, summary));
            _log.Open();
            await StayAsync(app, stopping);
            Say("Stopping");
        }

        return summary.Ok ? ExitCodes.Success : ExitCodes.Failure;
    }

    private async Task<DemoSummary> WorkAsync(
        DemoDatabase database,
        GoogleEmulator emulator,
        DemoApp app,
        IReadOnlyList<DemoSite> sites,
        IReadOnlyList<DemoSale> sales,
        CancellationToken stopping)
    {
        using var api = new DemoApi(app.Address, app.CronSecret);
        var desk = new SalesDesk(database.Admin);
        await desk.WriteAsync(sites, sales, stopping);
        foreach (var site in sites)
            await api.SeedAsync(site.SeedBody(site.SampleRefreshToken), stopping);
        Say($"Credentials seeded for {sites.Count} sites: {string.Join(", ", sites.Select(site => site.Name))}");
        var queued = await desk.ConfirmAsync(sales, stopping);
        Say($"{queued} of {sales.Count} sales confirmed and queued");

        var view = new QueueView(database.Admin, sites);
        var counts = await new Upload(api, view, sales, console, time).RunAsync(stopping);
        Say($"Uploaded: {counts.Processed} processed, {counts.Completed} completed, {counts.Failed} failed, "
            + $"{counts.Retry} to be retried, {counts.Submitted} submitted");
        var accepted = emulator.IngestCalls.Count(call => call.Status == 200);
        Say($"Data Manager: {Requests(emulator.IngestCalls.Count - accepted)} refused whole for bad rows, "
            + $"{Requests(accepted)} accepted without them");
        var confirmed = await new Confirmation(api, view, time).RunAsync(stopping);
        Say($"Confirmed: {Requests(confirmed.Requests)}, {confirmed.Completed} completed, {confirmed.Failed} failed, "
            + $"{confirmed.Retry} to be retried");
        return DemoSummary.From(
            app.Address, counts, confirmed, sites, sales,
            await view.RowsAsync(stopping), await view.CircuitsAsync(stopping));
    }

    private Task<DemoDatabase> OpenDatabaseAsync(CancellationToken stopping) => options.Database is { } text
        ? DemoDatabase.UseAsync(ConnectionText.Check(text, "--database"), stopping)
        : DemoDatabase.StartPrivateAsync(stopping);

    // The first site that got nothing through; any site will do when all is well everywhere.
    private static DemoSite BrokenSite(IReadOnlyList<DemoSite> sites, DemoSummary summary)
    {
        var id = summary.Sites.MinBy(site => site.Completed)!.SiteId;
        return sites.Single(site => site.Id == id);
    }

    private async Task StayAsync(DemoApp app, CancellationToken stopping)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stopping, app.Stopping);
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, time, either.Token);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static string Requests(int count) => count == 1 ? "1 request" : $"{count} requests";

    private void Say(string line) => console.WriteLine(line);
}
