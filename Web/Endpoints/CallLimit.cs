using System.Globalization;

namespace OpsMantik.Web.Endpoints;

/// <summary>
/// Ends a run that a caller waits for. Azure's front end cuts every call off at 230 seconds
/// (https://learn.microsoft.com/azure/azure-functions/functions-scale#timeout), while a run may take 8 minutes: the caller
/// would learn nothing of what was done.
/// </summary>
internal sealed class CallLimit(IHostApplicationLifetime lifetime, TimeProvider time)
{
    /// <summary>After this a run starts nothing new. What is in flight has 12 seconds more, then the write-back.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(200);

    private static readonly string Note = string.Create(
        CultureInfo.InvariantCulture,
        $"ended after {Longest.TotalSeconds:0} seconds, as every call is; call again, or leave the rest to the timer");

    /// <summary>Runs to the end or to the limit. It does not end for a caller that leaves: half a run helps nobody.</summary>
    /// <returns>What was done, and a note for the caller where the limit ended it.</returns>
    public async Task<(T Done, string? Note)> RunAsync<T>(Func<CancellationToken, Task<T>> run)
    {
        using var limit = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(lifetime.ApplicationStopping, limit.Token);
        var done = await run(either.Token);
        return (done, limit.IsCancellationRequested ? Note : null);
    }
}
