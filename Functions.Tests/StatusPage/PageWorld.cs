using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.StatusPage;

/// <summary>The running app over a database that has lived a day.</summary>
internal sealed class PageWorld : IAsyncDisposable
{
    private PageWorld(TestDatabase database, HostedWorker app) => (Database, App) = (database, app);

    public TestDatabase Database { get; }

    public HostedWorker App { get; }

    public string Address => new Uri(App.Http.BaseAddress!, Paths.Status).ToString();

    public static async Task<PageWorld> LiveAsync(int sites, bool troubled, HostKind host = HostKind.Serve)
    {
        var database = await TestDatabase.CreateAsync();
        await database.LiveADayAsync(sites, troubled);
        return new PageWorld(
            database, await HostedWorker.StartAsync(host, ("ConnectionStrings:OpsMantik", database.WorkerConnectionString)));
    }

    /// <summary>A site with rows that failed with a hostile message.</summary>
    public Task<Guid> HostileSiteAsync() => Database.ScalarAsync<Guid>(
        "select site_id from offline_conversion_queue where last_error = $1 order by status limit 1", StatusSeed.Hostile);

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Database.DisposeAsync();
    }
}
