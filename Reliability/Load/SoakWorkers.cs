using OpsMantik.Reliability.Faults;
using OpsMantik.Reliability.Proxy;
using OpsMantik.Reliability.Stages;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Load;

/// <summary>Two worker processes that upload and recover in turn; one that dies is replaced.</summary>
internal sealed class SoakWorkers(Stage stage) : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private readonly PostgresProxy _proxy = new(stage.Database.WorkerConnectionString);
    private readonly WorkerProcess[] _workers = new WorkerProcess[2];

    public PostgresProxy Proxy => _proxy;

    public async Task StartAsync()
    {
        for (var place = 0; place < _workers.Length; place++)
            await ReplaceAsync(place);
    }

    public Task WorkAsync(CancellationToken over) => Task.WhenAll(
        Enumerable.Range(0, _workers.Length).Select(place => LoopAsync(place, over)));

    public async Task KillAsync(int place)
    {
        await _workers[place].KillAsync();
        await ReplaceAsync(place);
    }

    public ValueTask DisposeAsync() => _proxy.DisposeAsync();

    private async Task LoopAsync(int place, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await _workers[place].Client.TryUploadAsync();
            // The shortest age there is. It outlasts every claim here: Google is given two seconds.
            await _workers[place].Client.TryRecoverAsync(minAgeMinutes: 1);
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    private async Task ReplaceAsync(int place) => _workers[place] = await stage.StartProcessAsync(
        _proxy.ConnectionString + ";Timeout=3;Command Timeout=5", ("GoogleAds:RequestTimeout", "00:00:02"));
}
