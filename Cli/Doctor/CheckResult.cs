using Spectre.Console;

namespace OpsMantik.Cli.Doctor;

/// <summary>The result of one check. Texts hold no secret.</summary>
/// <param name="Check">What was checked, in a word or two.</param>
/// <param name="Message">What was found.</param>
/// <param name="Fix">What to do about it; null when nothing is to be done.</param>
internal sealed record CheckResult(string Check, CheckStatus Status, string Message, string? Fix = null)
{
    public static CheckResult Ok(string check, string message) => new(check, CheckStatus.Ok, message);

    public static CheckResult Warn(string check, string message, string? fix) => new(check, CheckStatus.Warn, message, fix);

    public static CheckResult Fail(string check, string message, string fix) => new(check, CheckStatus.Fail, message, fix);

    public static void Print(IAnsiConsole console, IReadOnlyList<CheckResult> results)
    {
        foreach (var result in results)
        {
            console.Verbatim($"{result.State,-5} {result.Check,-14} {result.Message}");
            if (result.Fix is { Length: > 0 } fix)
                console.Verbatim($"{"",20} fix: {fix}");
        }
    }

    public object ToJson() => new { Check, state = State, said = Message, Fix };

    private string State => Status.ToString().ToLowerInvariant();
}

internal enum CheckStatus
{
    Ok,

    /// <summary>It works, but needs attention; or it could not be checked.</summary>
    Warn,

    /// <summary>The worker cannot do its work until it is put right.</summary>
    Fail,
}
