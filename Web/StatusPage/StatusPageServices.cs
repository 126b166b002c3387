namespace OpsMantik.Web.StatusPage;

internal static class StatusPageServices
{
    /// <summary>The page's renderer and the filter that decides who may see it.</summary>
    public static IServiceCollection AddStatusPage(this IServiceCollection services)
    {
        services.AddOptions<StatusPageOptions>().BindConfiguration(StatusPageOptions.Section);
        services.AddSingleton<StatusAccessFilter>();
        services.AddSingleton<PageRenderer>();
        return services;
    }
}

/// <summary>Who may see the status page beside those who know the cron secret.</summary>
public sealed class StatusPageOptions
{
    public const string Section = "StatusPage";

    /// <summary>
    /// Admits users whom Azure's sign-in (Easy Auth, with Entra) says it has signed in. Only where that sign-in is on does
    /// the platform keep callers from writing its headers themselves, so it is off by default.
    /// </summary>
    public bool TrustEasyAuth { get; set; }
}
