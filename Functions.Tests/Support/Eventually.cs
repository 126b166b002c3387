using System.Diagnostics;

namespace OpsMantik.Functions.Tests.Support;

internal static class Eventually
{
    /// <summary>Waits until the condition holds; fails the test when it does not within 20 seconds.</summary>
    public static async Task TrueAsync(Func<bool> condition, string what = "the condition")
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(20)), $"never happened: {what}");
            await Task.Delay(10);
        }
    }
}
