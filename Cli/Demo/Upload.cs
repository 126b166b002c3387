using Spectre.Console;

namespace OpsMantik.Cli.Demo;

/// <summary>Runs the upload through its HTTP twin until none of the demo's rows is open, showing progress.</summary>
internal sealed class Upload(
    DemoApi api, QueueView view, IReadOnlyList<DemoSale> sales, IAnsiConsole console, TimeProvider time)
{
    // A schedule may fire in between and hold rows of ours for a moment.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
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
                var open = await view.OpenAsync(cancellationToken);
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
        while ((await view.OpenAsync(cancellationToken)).Count > 0 && time.GetElapsedTime(started) < Patience)
        {
            await Task.Delay(PollInterval, time, cancellationToken);
            counts += await api.UploadAsync(cancellationToken);
        }

        return counts;
    }
}
