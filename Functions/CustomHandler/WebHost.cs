global using HostAdapter = OpsMantik.Functions.CustomHandler.WebHost;
global using HostApp = Microsoft.AspNetCore.Builder.WebApplication;
global using HostAppBuilder = Microsoft.AspNetCore.Builder.WebApplicationBuilder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpsMantik.Functions.Timers;

namespace OpsMantik.Functions.CustomHandler;

/// <summary>The web server: where it listens, how much patience it has, and who calls the timers.</summary>
internal static class WebHost
{
    // The endpoints refuse long bodies in their own words; this only bounds what is drained after them.
    private const long MostBytesOfBody = 1024 * 1024;

    /// <summary>The Functions host passes on what the app prints.</summary>
    public static bool LogsToConsole => true;

    public static WebApplicationBuilder CreateBuilder(string[] args) =>
        WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = args });

    /// <exception cref="SettingsException">The Functions host's port is none.</exception>
    public static void Configure(WebApplicationBuilder builder)
    {
        var port = ListenAddress.HostsPort(builder.Configuration);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(Limit);
        builder.WebHost.UseUrls(port is null ? ListenAddress.OwnUrls(builder.Configuration) : [$"http://127.0.0.1:{port}"]);
        // Two callers would run every schedule twice.
        if (port is null)
            builder.Services.AddHostedService<ScheduleService>();
        else
            builder.Services.AddSingleton<TimerInvocations>();
    }

    public static void Finish(WebApplication app) => app.Run(HttpAdapter.HandleAsync);

    private static void Limit(KestrelServerOptions options)
    {
        options.AddServerHeader = false;
        options.Limits.MaxRequestBodySize = MostBytesOfBody;
        options.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
    }
}
