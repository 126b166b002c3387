using System.Globalization;

namespace OpsMantik.Cli.Doctor;

/// <summary>Runs one check within a time limit; a failure of the check is a result too.</summary>
internal static class CheckRunner
{
    /// <summary>No check may keep the operator waiting for longer.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <param name="check">Names the check when it does not end in time.</param>
    /// <param name="fix">What to do then.</param>
    /// <exception cref="OperationCanceledException">The operator cancelled.</exception>
    public static async Task<IReadOnlyList<CheckResult>> RunAsync(
        string check, string fix, Func<CancellationToken, Task<IReadOnlyList<CheckResult>>> run, CancellationToken stopping)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        limit.CancelAfter(Limit);
        try
        {
            // Some clients ignore the token while they connect.
            return await run(limit.Token).WaitAsync(Limit, stopping);
        }
        catch (Exception exception) when (
            exception is TimeoutException or OperationCanceledException && !stopping.IsCancellationRequested)
        {
            var seconds = Limit.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            return [CheckResult.Fail(check, $"no answer within {seconds} s", fix)];
        }
        catch (Exception exception) when (ErrorReport.Describe(exception) is { } message)
        {
            return [CheckResult.Fail(check, message, fix)];
        }
    }
}

/// <summary>The result of one check. Texts hold no secret.</summary>
/// <param name="Check">What was checked, in a word or two.</param>
/// <param name="Said">What was found.</param>
/// <param name="Fix">What to do about it; null when nothing is to be done.</param>
internal sealed record CheckResult(string Check, CheckStatus Status, string Said, string? Fix = null)
{
    public static CheckResult Ok(string check, string said) => new(check, CheckStatus.Ok, said);

    public static CheckResult Warn(string check, string said, string? fix) => new(check, CheckStatus.Warn, said, fix);

    public static CheckResult Fail(string check, string said, string fix) => new(check, CheckStatus.Fail, said, fix);
}

internal enum CheckStatus
{
    Ok,

    /// <summary>It works, but needs attention; or it could not be checked.</summary>
    Warn,

    /// <summary>The worker cannot do its work until it is put right.</summary>
    Fail,
}
