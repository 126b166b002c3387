using OpsMantik.Core.Status;

namespace OpsMantik.Cli.Status;

/// <summary>Why a site needs a person, in few words.</summary>
internal static class NeedWords
{
    public static string Of(SiteNeed need) => need switch
    {
        SiteNeed.Revoked => "credentials refused",
        SiteNeed.NoCredentials => "no credentials",
        SiteNeed.Parked => "set-up at fault",
        SiteNeed.Failing => "all of the last batch failed",
        SiteNeed.CircuitOpen => "circuit open for over an hour",
        SiteNeed.Isolated => "isolated by hand",
        SiteNeed.Requeue => "failed rows to requeue",
        _ => "",
    };
}
