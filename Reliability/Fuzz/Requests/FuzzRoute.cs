using OpsMantik.Web;

namespace OpsMantik.Reliability.Fuzz.Requests;

/// <summary>A door of the app, its method and the parameters it knows.</summary>
internal sealed record FuzzRoute(string Path, string Method, params string[] Parameters)
{
    public static readonly FuzzRoute Seed = new(Routes.PathOf(Routes.SeedCredentials), "POST");

    public static readonly FuzzRoute[] All =
    [
        Seed,
        Seed,
        new(Routes.PathOf(Routes.ProcessOfflineConversions), "POST", "limit", "provider_key"),
        new(Routes.PathOf(Routes.RecoverProcessing), "POST", "min_age_minutes"),
        new(Routes.PathOf(Routes.ConfirmUploads), "POST"),
        new(Routes.PathOf(Routes.Health), "GET"),
        new(Routes.PathOf(Routes.Status), "GET", "site", "provider_key"),
    ];
}
