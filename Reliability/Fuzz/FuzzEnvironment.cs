using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Fuzz;

/// <summary>A database with sites and a few due rows, the emulator, and the worker under each of its hosts.</summary>
internal sealed class FuzzEnvironment : IAsyncDisposable
{
    /// <summary>Rows that fuzzed runs may upload meanwhile, and that must all arrive.</summary>
    public const int Rows = 200;

    private const int SitesToSeed = 50;

    private FuzzEnvironment(TestbedDatabase database, GoogleEmulator google, ServedTarget own, HostedTarget? underHost, Guid[] sites) =>
        (Database, Google, Own, UnderHost, Sites) = (database, google, own, underHost, sites);

    public TestbedDatabase Database { get; }

    public GoogleEmulator Google { get; }

    /// <summary>The worker on its own.</summary>
    public ServedTarget Own { get; }

    /// <summary>The function app below the double of the Functions host; null where none was given.</summary>
    public HostedTarget? UnderHost { get; }

    public IEnumerable<FuzzTarget> RequestTargets => UnderHost is null ? [Own] : [Own, UnderHost];

    /// <summary>Sites without credentials, for the seed endpoint.</summary>
    public IReadOnlyList<Guid> Sites { get; }

    /// <param name="functionApp">The folder where the function app was published; null leaves the Functions host out.</param>
    public static async Task<FuzzEnvironment> StartAsync(TestbedServer server, string? functionApp = null)
    {
        var database = await server.CreateDatabaseAsync();
        var uploading = (await database.AddSitesAsync(1)).Single();
        await database.EnqueueAsync(uploading, Rows);
        var sites = (await database.ScalarAsync<Guid[]>(
            """
            with added as (
                insert into sites (id) select ('00000000-0000-4000-8000-' || lpad(g::text, 12, '0'))::uuid
                from generate_series(1, $1) as g
                returning id
            )
            select array_agg(a.id order by a.id) from added a
            """, SitesToSeed))!;
        await database.ExecuteAsync(
            """
            create table fuzz_writes (site_id uuid, encrypted_payload text, key_fingerprint text);
            create function keep_fuzz_write() returns trigger language plpgsql security definer as
            'begin insert into fuzz_writes values (new.site_id, new.encrypted_payload, new.key_fingerprint); return new; end';
            create trigger keep_fuzz_write after insert or update on provider_credentials
                for each row execute function keep_fuzz_write();
            """);
        var google = await GoogleEmulator.StartAsync();
        // The timers are off: a schedule that fires in the middle would make two runs of one seed differ.
        var settings = WorkerSettings.For(database.OperatorConnectionString, google);
        return new FuzzEnvironment(
            database,
            google,
            await ServedTarget.StartAsync(settings),
            functionApp is null ? null : await HostedTarget.StartAsync(functionApp, settings),
            sites);
    }

    public async ValueTask DisposeAsync()
    {
        await Own.DisposeAsync();
        if (UnderHost is not null)
            await UnderHost.DisposeAsync();
        await Google.DisposeAsync();
        await Database.DisposeAsync();
    }
}
