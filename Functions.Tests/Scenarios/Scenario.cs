using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Scenarios;

/// <summary>A database and an emulator for one whole-system test.</summary>
internal abstract class Scenario
{
    protected TestDatabase Database { get; private set; } = null!;

    protected GoogleEmulator Google { get; private set; } = null!;

    [SetUp]
    public async Task StartAsync()
    {
        Database = await TestDatabase.CreateAsync();
        Google = await GoogleEmulator.StartAsync();
    }

    [TearDown]
    public async Task StopAsync()
    {
        await Google.DisposeAsync();
        await Database.DisposeAsync();
    }

    protected Worker NewWorker(params (string Name, string Value)[] settings) => new(Database, Google, null, settings);

    /// <summary>A site with credentials of its own, whose customer id is the number in ten digits.</summary>
    protected async Task<Guid> AddSiteAsync(int number, string refreshToken = "CANARY-refresh")
    {
        var site = await Database.AddSiteAsync();
        await Database.AddCredentialsAsync(Worker.Vault, site, CustomerId(number), $"{refreshToken}-{number}");
        return site;
    }

    protected static string CustomerId(int number) => $"{number:D10}";

    /// <summary>Statuses and codes of a site's rows, such as <c>COMPLETED:3 FAILED/EXPIRED_EVENT:1</c>.</summary>
    protected Task<string?> RowsAsync(Guid site) => Database.ScalarAsync<string>(
        """
        select string_agg(g.label || ':' || g.n, ' ' order by g.label)
        from (
            select q.status || coalesce('/' || q.provider_error_code, '') as label, count(*) as n
            from offline_conversion_queue q
            where q.site_id = $1
            group by 1
        ) g
        """, site);

    /// <summary>Makes every waiting row due now.</summary>
    protected Task<int> MakeDueAsync() => Database.ExecuteAsync(
        "update offline_conversion_queue set next_retry_at = now() where status in ('QUEUED', 'RETRY')");

    /// <summary>Counters differ from the rows' outcomes: site ids, none when all is well.</summary>
    protected async Task<Guid[]> SitesWithWrongCountersAsync() => (await Database.ScalarAsync<Guid[]>(
        """
        select coalesce(array_agg(r.site_id), '{}')
        from (
            select q.site_id,
                   count(*) filter (where q.status = 'COMPLETED') as completed,
                   count(*) filter (where q.status = 'FAILED') as failed,
                   count(*) filter (where q.status = 'SUBMITTED') as submitted
            from offline_conversion_queue q
            group by q.site_id
        ) r
        left join provider_upload_metrics m using (site_id)
        where (coalesce(m.completed_total, 0), coalesce(m.failed_total, 0)) is distinct from (r.completed, r.failed)
           or coalesce(m.attempts_total, 0)
              <> coalesce(m.completed_total + m.failed_total + m.retry_total, 0) + r.submitted
        """))!;
}
