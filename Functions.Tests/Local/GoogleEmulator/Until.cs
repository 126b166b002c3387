using System.Diagnostics;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator;

/// <summary>Awaits a condition, with a deadline.</summary>
internal static class Until
{
    public static async Task TrueAsync(Func<bool> condition)
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            if (clock.Elapsed > TimeSpan.FromSeconds(20))
                Assert.Fail("The condition did not come true within 20 seconds.");
            await Task.Delay(5);
        }
    }
}
