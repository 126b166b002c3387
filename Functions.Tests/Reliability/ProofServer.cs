using OpsMantik.Testbed;

namespace OpsMantik.Functions.Tests.Reliability;

/// <summary>The PostgreSQL of the proofs under faults: another than the other tests', who would feel the faults.</summary>
[SetUpFixture]
public sealed class ProofServer
{
    private static readonly Lazy<Task<TestbedServer>> Shared = new(() => TestbedServer.StartAsync());

    internal static Task<TestbedServer> GetAsync() => Shared.Value;

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (Shared is { IsValueCreated: true, Value.IsCompletedSuccessfully: true })
            await (await Shared.Value).DisposeAsync();
    }
}
