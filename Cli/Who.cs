using OpsMantik.Core;

namespace OpsMantik.Cli;

internal static class Who
{
    /// <summary>Who has to act, for people.</summary>
    public static string Word(Responsible who) => who switch
    {
        Responsible.SiteOwner => "site owner",
        Responsible.Operator => "operator",
        _ => "nobody",
    };
}
