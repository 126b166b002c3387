using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsMantik.Functions;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Reliability.Fuzz.Http;
using OpsMantik.Testbed;

namespace OpsMantik.Reliability.Fuzz;

/// <summary>
/// The real app in this process on a free port, over a real database and the emulator, with a meter on what it reads
/// and everything that it logs.
/// </summary>
internal sealed class FuzzTarget : IAsyncDisposable
{
    public const string Secret = "CANARY-cron-secret";

    private readonly WebApplication _app;

    private FuzzTarget(WebApplication app, LogBook log, BodyMeter meter) =>
        (_app, Log, Meter, Address) = (app, log, meter, new Uri(app.Urls.Single()));

    public Uri Address { get; }

    public LogBook Log { get; }

    public BodyMeter Meter { get; }

    public IServiceProvider Services => _app.Services;

    /// <param name="underHost">As the Functions host starts it: timers are paths, and no schedule runs.</param>
    public static async Task<FuzzTarget> StartAsync(
        string connectionString, GoogleEmulator google, bool underHost = false)
    {
        var settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:OpsMantik"] = connectionString,
            ["OPSMANTIK_VAULT_KEY"] = BulkSeed.VaultKey,
            ["CRON_SECRET"] = Secret,
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
            ["GoogleAds:BaseAddress"] = google.BaseAddress.ToString(),
            ["GoogleAds:TokenUri"] = google.TokenUri.ToString(),
            ["DataManager:BaseAddress"] = google.DataManagerBaseAddress.ToString(),
            ["FUNCTIONS_CUSTOMHANDLER_PORT"] = underHost ? "7071" : "",
        };
        // A schedule that fires in the middle would make two runs of one seed differ.
        foreach (var timer in TimerNames)
            settings[$"AzureWebJobs:{timer}:Disabled"] = "true";

        var (log, meter) = (new LogBook(), new BodyMeter());
        var app = FunctionApp.Create([], configuration => configuration.AddInMemoryCollection(settings), builder =>
        {
            builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Information).AddProvider(log);
            builder.Services.AddSingleton<IStartupFilter>(meter);
            builder.Services.Configure<KestrelServerOptions>(meter.Attach);
            builder.WebHost.UseUrls("http://127.0.0.1:0");
        });
        await app.StartAsync();
        return new FuzzTarget(app, log, meter);
    }

    public static IReadOnlyList<string> TimerNames { get; } =
    [
        FunctionNames.ProcessOfflineConversionsTimer, FunctionNames.RecoverProcessingTimer,
        FunctionNames.ConfirmUploadsTimer,
    ];

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
