using System.Globalization;

namespace OpsMantik.Cli.Doctor;

/// <summary>Takes one look within a time limit; whatever goes wrong is a finding too.</summary>
internal static class Look
{
    /// <summary>A doctor who is asked at three in the morning must not hang.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <param name="check">Names the look when it does not come to an end.</param>
    /// <param name="fix">What to do then.</param>
    /// <exception cref="OperationCanceledException">The person asking gave up.</exception>
    public static async Task<IReadOnlyList<Finding>> TakeAsync(
        string check, string fix, Func<CancellationToken, Task<IReadOnlyList<Finding>>> look, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(Limit);
        try
        {
            // Some of what is asked does not listen to the token while it connects.
            return await look(limit.Token).WaitAsync(Limit, stopping);
        }
        catch (Exception exception) when (
            exception is TimeoutException or OperationCanceledException && !stopping.IsCancellationRequested)
        {
            var seconds = Limit.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            return [Finding.Fail(check, $"no answer within {seconds} s", fix)];
        }
        catch (Exception exception) when (ErrorReport.Describe(exception) is { } message)
        {
            return [Finding.Fail(check, message, fix)];
        }
    }
}
