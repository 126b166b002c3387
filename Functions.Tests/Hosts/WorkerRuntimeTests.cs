using System.Text.Json;

namespace OpsMantik.Functions.Tests.Hosts;

/// <summary>How the runtime of both programs that run the worker holds memory: Web/WorkerRuntime.props.</summary>
public class WorkerRuntimeTests
{
    [TestCase("OpsMantik.Functions")]
    [TestCase("opsmantik")]
    public void A_worker_is_built_to_hold_little_memory(string program)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, $"{program}.runtimeconfig.json"));
        using var config = JsonDocument.Parse(file);

        var values = config.RootElement.GetProperty("runtimeOptions").GetProperty("configProperties");

        Assert.Multiple(() =>
        {
            Assert.That(values.GetProperty("System.GC.Server").GetBoolean(), Is.False);
            Assert.That(values.GetProperty("System.GC.Concurrent").GetBoolean(), Is.False);
            Assert.That(values.GetProperty("System.Runtime.TieredPGO").GetBoolean(), Is.False);
            Assert.That(values.GetProperty("System.GC.Gen0MaxBudget").GetInt64(), Is.EqualTo(4 * 1024 * 1024));
            Assert.That(values.GetProperty("System.GC.ConserveMemory").GetInt32(), Is.EqualTo(5));
        });
    }
}
