namespace OpsMantik.Core.Providers;

/// <summary>One thing about a site's account that uploads depend on. Texts are free of secrets.</summary>
/// <param name="Check">What was checked, in a word or two.</param>
/// <param name="Severity">Whether sales can go out as it stands.</param>
/// <param name="Message">What was found.</param>
/// <param name="Cure">What to do about it; null when nothing is to be done.</param>
public sealed record AccountFinding(string Check, FindingSeverity Severity, string Message, string? Cure = null)
{
    internal static AccountFinding Ok(string check, string message) => new(check, FindingSeverity.Ok, message);

    internal static AccountFinding Warning(string check, string message, string cure) =>
        new(check, FindingSeverity.Warning, message, cure);

    internal static AccountFinding Stop(string check, string message, string cure) =>
        new(check, FindingSeverity.Stop, message, cure);
}

/// <summary>What a finding means for a site's uploads.</summary>
public enum FindingSeverity
{
    Ok,

    /// <summary>Sales go out, but some may be refused or counted otherwise than meant; or it could not be checked.</summary>
    Warning,

    /// <summary>Sales would be refused, or lost, until it is put right.</summary>
    Stop,
}

/// <summary>What the waiting sales of a site will ask of its account, from a sample of them.</summary>
/// <param name="Count">Sales that were looked at; 0 when none waits.</param>
/// <param name="Currencies">How many are in each currency, by ISO 4217.</param>
/// <param name="Braids">How many have a gbraid or a wbraid.</param>
/// <param name="Hashed">How many have hashed identifiers.</param>
public sealed record WaitingSales(int Count, IReadOnlyDictionary<string, int> Currencies, int Braids, int Hashed)
{
    public static readonly WaitingSales None = new(0, new Dictionary<string, int>(), 0, 0);
}
