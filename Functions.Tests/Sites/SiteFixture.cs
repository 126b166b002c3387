using Npgsql;
using OpsMantik.Core.Sites;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Sites;

/// <summary>Three sites of which two begin alike, as a worker sees them.</summary>
internal abstract class SiteFixture
{
    protected static readonly Guid Cafe = Guid.Parse("aaaaaaaa-1111-4111-8111-111111111111");
    protected static readonly Guid Dental = Guid.Parse("aaaaaaaa-1111-4122-8111-111111111111");
    protected static readonly Guid Garage = Guid.Parse("bbbbbbbb-1111-4111-8111-111111111111");

    protected TestDatabase Database { get; private set; } = null!;

    /// <summary>With the worker's rights.</summary>
    protected NpgsqlDataSource Source { get; private set; } = null!;

    protected SiteDirectory Sites { get; private set; } = null!;

    [SetUp]
    public async Task OpenAsync()
    {
        Database = await TestDatabase.CreateAsync();
        Source = NpgsqlDataSource.Create(Database.WorkerConnectionString);
        Sites = new SiteDirectory(Source);
        foreach (var site in (Guid[])[Cafe, Dental, Garage])
            await Database.ExecuteAsync("insert into sites (id) values ($1)", site);
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await Source.DisposeAsync();
        await Database.DisposeAsync();
    }
}
