using OpsMantik.Testbed;

namespace OpsMantik.Functions.Tests;

/// <summary>
/// The one PostgreSQL server of the test run, started by the first test that needs it. Without PostgreSQL those tests
/// fail; they are never skipped.
/// </summary>
/// <remarks>In the tests' root namespace: NUnit tears it down after the last test of that namespace and those below.
/// </remarks>
[SetUpFixture]
public sealed class PostgresServer
{
    private static readonly Lazy<Task<TestbedServer>> Shared = new(() => TestbedServer.StartAsync());

    internal static Task<TestbedServer> GetAsync() => Shared.Value;

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        Hosts.PublishedApp.Drop();
        // A start that failed has cleaned up after itself, and has failed the tests that wanted it.
        if (Shared is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await Shared.Value).DisposeAsync();
    }
}
