using OpsMantik.Local.GoogleEmulator;
using Spectre.Console;

namespace OpsMantik.Cli.Demo;

/// <summary>The demo from start to end: sets up, uploads, compares, stays up, and stops all it started.</summary>
internal sealed class DemoRun(DemoOptions options, IAnsiConsole console, TimeProvider time)
{
    // One without credentials and sales, for credentials connect.
    private const string NewSite = "bakery";

    private readonly LogSwitch _log = new();

    /// <returns>The exit code: 0 when every sale ended as the sample says, else 1.</returns>
    public async Task<int> RunAsync(CancellationToken stopping)
    {
        var samples = SampleSalesFile.Read(SampleSalesFile.BundledPath);
        var sites = DemoSite.From(samples.Select(sample => sample.Site));
        var sales = DemoSale.From(samples, sites, time.GetUtcNow());
        var newSite = new DemoSite(Guid.NewGuid(), NewSite, sites.Count + 1);

        await using var database = await OpenDatabaseAsync(stopping);
        WriteLine(database.Description);
        await using var emulator = await GoogleEmulator.StartAsync(time, cancellationToken: stopping);
        WriteLine($"Google emulator at {emulator.BaseAddress}");
        emulator.ProcessingDelay = DemoConfirmation.ProcessingDelay;
        GoogleAddresses google = new(emulator.BaseAddress, emulator.TokenUri, emulator.DataManagerBaseAddress);
        await using var app = await DemoApp.StartAsync(database.AppConnectionString, google, _log, stopping);
        WriteLine($"Worker at {app.Address}, schedules live"
            + (app.IsOnUsualPort ? "" : " (port 7071 is taken by another process)"));

        var summary = await WorkAsync(database, emulator, app, sites, newSite, sales, stopping);
        DemoSummaryTable.Write(console, summary, time.GetUtcNow());
        if (options.Json)
            Console.Out.WriteVisible(summary.ToJson());

        using var envFile = options.EnvFile is { } file
            ? EnvFile.Write(file, database.AppConnectionString, app, emulator, [newSite, .. sites], sales)
            : null;
        if (!options.Once)
        {
            NextSteps.Write(console, app.Address, app.CronSecret, BrokenSite(sites, summary));
            _log.Open();
            await WaitForStopAsync(app, stopping);
            WriteLine("Stopping");
        }

        return summary.Ok ? ExitCodes.Success : ExitCodes.Failure;
    }

    private async Task<DemoSummary> WorkAsync(
        DemoDatabase database,
        GoogleEmulator emulator,
        DemoApp app,
        IReadOnlyList<DemoSite> sites,
        DemoSite newSite,
        IReadOnlyList<DemoSale> sales,
        CancellationToken stopping)
    {
        using var api = new DemoApi(app.Address, app.CronSecret);
        var application = new DemoSales(database.Admin);
        DemoSite[] all = [.. sites, newSite];
        await application.WriteAsync(all, sales, stopping);
        foreach (var site in all)
            emulator.SetAccount(site.CustomerId, site.Account);
        foreach (var site in sites)
            await api.SeedAsync(site.SeedBody(site.SampleRefreshToken), stopping);
        WriteLine($"Credentials seeded for {sites.Count} sites: {string.Join(", ", sites.Select(site => site.Name))}");
        var queued = await application.ConfirmAsync(sales, stopping);
        WriteLine($"{queued} of {sales.Count} sales confirmed and queued");

        var queue = new QueueReader(database.Admin, sites);
        var counts = await new DemoUpload(api, queue, sales, console, time).RunAsync(stopping);
        WriteLine($"Uploaded: {counts.Processed} processed, {counts.Completed} completed, {counts.Failed} failed, "
            + $"{counts.Retry} to be retried, {counts.Submitted} submitted");
        var accepted = emulator.IngestCalls.Count(call => call.Status == 200);
        WriteLine($"Data Manager: {Requests(emulator.IngestCalls.Count - accepted)} refused whole for bad rows, "
            + $"{Requests(accepted)} accepted without them");
        var confirmed = await new DemoConfirmation(api, queue, time).RunAsync(stopping);
        WriteLine($"Confirmed: {Requests(confirmed.Requests)}, {confirmed.Completed} completed, {confirmed.Failed} failed, "
            + $"{confirmed.Retry} to be retried");
        await application.ChangeAsync(sales, stopping);
        var (corrected, changed) = await new DemoCorrections(api, queue, emulator, sales, time).RunAsync(stopping);
        WriteLine($"{changed.Count} sales were canceled or changed, {sales.Count(sale => sale.Sample.Change is { IsBeforeUpload: false })} "
            + $"of them after the upload: {corrected.Corrected} corrections told");
        return DemoSummary.From(
            app.Address, counts + corrected, confirmed, sites, sales,
            await queue.ReadRowsAsync(stopping), await queue.ReadCircuitsAsync(stopping), changed);
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

    private async Task WaitForStopAsync(DemoApp app, CancellationToken stopping)
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

    private void WriteLine(string line) => console.WriteLine(line);
}

/// <summary>Runs the upload over HTTP until none of the demo's rows is open, showing progress.</summary>
internal sealed class DemoUpload(
    DemoApi api, QueueReader queue, IReadOnlyList<DemoSale> sales, IAnsiConsole console, TimeProvider time)
{
    // A schedule may run meanwhile and hold rows for a moment.
    private static readonly TimeSpan MaxDuration = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(100);

    public async Task<UploadCounts> RunAsync(CancellationToken cancellationToken)
    {
        // Without a terminal an animation would be a thousand lines of a log.
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Capabilities.Ansi)
            return await DrainAsync(cancellationToken);

        return await console.Progress().AutoClear(true).StartAsync(async display =>
        {
            var bars = sales.GroupBy(sale => sale.Site).Select(site => (
                Site: site.Key,
                Bar: display.AddTask(Markup.Escape(site.Key.Name), maxValue: site.Count()))).ToList();
            var upload = DrainAsync(cancellationToken);
            while (!upload.IsCompleted)
            {
                var open = await queue.CountOpenAsync(cancellationToken);
                foreach (var (site, bar) in bars)
                    bar.Value = bar.MaxValue - open.GetValueOrDefault(site.Id);
                await Task.WhenAny(upload, Task.Delay(PollInterval, time, cancellationToken));
            }

            return await upload;
        });
    }

    private async Task<UploadCounts> DrainAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var counts = await api.UploadAsync(cancellationToken);
        while ((await queue.CountOpenAsync(cancellationToken)).Count > 0 && time.GetElapsedTime(started) < MaxDuration)
        {
            await Task.Delay(PollInterval, time, cancellationToken);
            counts += await api.UploadAsync(cancellationToken);
        }

        return counts;
    }
}

/// <summary>What the upload route answered, added up over its calls.</summary>
internal sealed record UploadCounts(int Processed, int Completed, int Failed, int Retry, int Submitted, int Corrected = 0)
{
    public static UploadCounts operator +(UploadCounts left, UploadCounts right) => new(
        left.Processed + right.Processed,
        left.Completed + right.Completed,
        left.Failed + right.Failed,
        left.Retry + right.Retry,
        left.Submitted + right.Submitted,
        left.Corrected + right.Corrected);
}

/// <summary>Asks over HTTP what became of submitted rows until none of the demo's is left.</summary>
internal sealed class DemoConfirmation(DemoApi api, QueueReader queue, TimeProvider time)
{
    /// <summary>From an accepted request to the first check. Google asks for 30 minutes.</summary>
    public static readonly TimeSpan FirstCheckAfter = TimeSpan.FromSeconds(1);

    /// <summary>How long the emulator processes: not longer, so that the first check gets the result.</summary>
    public static readonly TimeSpan ProcessingDelay = FirstCheckAfter;

    private static readonly TimeSpan MaxDuration = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    // The route asks about due requests alone, so calling it early costs nothing.
    public async Task<ConfirmCounts> RunAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var counts = ConfirmCounts.Nothing;
        while (await queue.CountSubmittedAsync(cancellationToken) > 0 && time.GetElapsedTime(started) < MaxDuration)
        {
            await Task.Delay(PollInterval, time, cancellationToken);
            counts += await api.ConfirmAsync(cancellationToken);
        }

        return counts;
    }
}

/// <summary>What the confirmation route answered, added up over its calls.</summary>
/// <param name="Requests">Requests settled; those that Google still processes are not among them.</param>
internal sealed record ConfirmCounts(int Requests, int Completed, int Failed, int Retry)
{
    public static readonly ConfirmCounts Nothing = new(0, 0, 0, 0);

    public static ConfirmCounts operator +(ConfirmCounts left, ConfirmCounts right) => new(
        left.Requests + right.Requests,
        left.Completed + right.Completed,
        left.Failed + right.Failed,
        left.Retry + right.Retry);
}
