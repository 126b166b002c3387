namespace OpsMantik.Functions.Tests.Infra;

/// <summary>A script breaks off at each of its calls in turn and is run again: what Azure has then is what one whole run leaves.</summary>
[Platform(Exclude = "Win")]
internal sealed class ScriptFaultTests
{
    private static readonly string[] Faults = ["FAIL_BEFORE", "FAIL_AFTER", "KILL"];

    [Test]
    public async Task What_broke_off_goes_on(
        [Values("secrets.sh", "database.sh")] string script, [ValueSource(nameof(Faults))] string fault)
    {
        using var whole = new Stubs();
        var first = await whole.RunAsync(script, Settings);
        Assert.That(first.ExitCode, Is.Zero, first.Error);
        var calls = whole.Said.Count(character => character == '\n');
        Assert.That(calls, Is.GreaterThan(5));
        var broken = 0;

        for (var call = 1; call <= calls; call++)
        {
            using var stubs = new Stubs();
            var result = await stubs.RunAsync(script, [.. Settings, (fault, $"{call}")]);
            broken += result.ExitCode == 0 ? 0 : 1;
            var key = stubs.Read("secrets/OPSMANTIK-VAULT-KEY");

            var again = await stubs.RunAsync(script, Settings);

            Assert.That(again.ExitCode, Is.Zero, $"call {call}: {again.Error}");
            Assert.That(stubs.State, Is.EqualTo(whole.State), $"call {call}");
            Assert.That(key is null || stubs.Read("secrets/OPSMANTIK-VAULT-KEY") == key, Is.True, $"call {call}: the vault key was replaced");
        }

        Assert.That(broken, Is.GreaterThan(calls / 2), "the faults were none");
    }

    private static (string, string)[] Settings => [("USE_STATUS_SECRET", "true"), ("USE_ALERT_WEBHOOK", "true"), ("ALERT_WEBHOOK_URL", "https://hooks.example/CANARY")];
}
