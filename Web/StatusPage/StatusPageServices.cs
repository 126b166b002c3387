using System.Text.Encodings.Web;
using System.Text.Unicode;
using Microsoft.AspNetCore.Components;

namespace OpsMantik.Web.StatusPage;

internal static class StatusPageServices
{
    /// <summary>The renderer of the page and what guards it.</summary>
    public static IServiceCollection AddStatusPage(this IServiceCollection services)
    {
        services.AddOptions<StatusPageOptions>().BindConfiguration(StatusPageOptions.Section);
        services.AddSingleton<StatusAccessFilter>();
        // Names in any script stay readable; what HTML gives a meaning, and what cannot be seen, is written as a number.
        services.AddSingleton(_ => HtmlEncoder.Create(UnicodeRanges.All));
        services.AddSingleton<IComponentActivator, ComponentActivator>();
        services.AddSingleton<PageRenderer>();
        return services;
    }

    /// <summary>
    /// Blazor's own activator compiles a factory for each component, for services in constructors. Ours have none, and the
    /// first page would wait for it.
    /// </summary>
    private sealed class ComponentActivator : IComponentActivator
    {
        public IComponent CreateInstance(Type componentType) => (IComponent)Activator.CreateInstance(componentType)!;
    }
}

/// <summary>Who may see the status page beside those who know the cron secret.</summary>
public sealed class StatusPageOptions
{
    public const string Section = "StatusPage";

    /// <summary>
    /// Lets in whom Azure's sign-in (Easy Auth, with Entra) says it has signed in. Only where that sign-in is on does the
    /// platform keep callers from writing these headers themselves, so it is off unless asked for.
    /// </summary>
    public bool TrustEasyAuth { get; set; }
}
