namespace OpsMantik.Cli.Doctor;

/// <summary>What one look found. Texts hold no secret.</summary>
/// <param name="Check">What was looked at, in a word or two.</param>
/// <param name="Said">What it is like.</param>
/// <param name="Fix">What to do about it; null when nothing is to be done.</param>
internal sealed record Finding(string Check, Health Health, string Said, string? Fix = null)
{
    public static Finding Ok(string check, string said) => new(check, Health.Ok, said);

    public static Finding Warn(string check, string said, string? fix) => new(check, Health.Warn, said, fix);

    public static Finding Fail(string check, string said, string fix) => new(check, Health.Fail, said, fix);
}
