using OpsMantik.Testbed;

namespace OpsMantik.Functions.Tests.Reliability.Fuzz;

/// <summary>The PostgreSQL server of this folder's tests.</summary>
[SetUpFixture]
public sealed class FuzzServer
{
    internal static TestbedServer Server { get; private set; } = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => Server = await TestbedServer.StartAsync();

    [OneTimeTearDown]
    public async Task StopAsync() => await Server.DisposeAsync();
}
