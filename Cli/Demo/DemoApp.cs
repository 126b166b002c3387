using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpsMantik.Cli.Serve;
using OpsMantik.Core.Vault;

namespace OpsMantik.Cli.Demo;

/// <summary>The worker in this process, schedules live, with secrets of its own.</summary>
internal sealed class DemoApp : IAsyncDisposable
{
    private const string UsualUrl = ListenAddress.DefaultUrl;
    private const string AnyPortUrl = "http://127.0.0.1:0";

    private readonly WebApplication _app;

    private DemoApp(WebApplication app, string cronSecret, string vaultKey, bool usualPort)
    {
        (_app, CronSecret, VaultKey, IsOnUsualPort) = (app, cronSecret, vaultKey, usualPort);
        Address = new Uri(app.Urls.First());
    }

    public Uri Address { get; }

    public string CronSecret { get; }

    public string VaultKey { get; }

    /// <summary>False when another process has port 7071.</summary>
    public bool IsOnUsualPort { get; }

    /// <summary>Cancelled when the app stops by itself.</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    /// <param name="google">The emulator's addresses.</param>
    public static async Task<DemoApp> StartAsync(
        string connectionString, GoogleAddresses google, LogGate log, CancellationToken cancellationToken)
    {
        var secret = RandomNumberGenerator.GetHexString(40, lowercase: true);
        var vaultKey = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));
        var settings = new Dictionary<string, string?>
        {
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
            ["ConnectionStrings:OpsMantik"] = connectionString,
            ["CRON_SECRET"] = secret,
            [VaultKeyRing.KeySetting] = vaultKey,
            [VaultKeyRing.PreviousKeysSetting] = "",
            ["GoogleAds:BaseAddress"] = google.BaseAddress.ToString(),
            ["GoogleAds:TokenUri"] = google.TokenUri.ToString(),
            ["DataManager:BaseAddress"] = google.DataManagerBaseAddress.ToString(),
            ["Confirm:FirstCheckAfter"] = Confirmation.FirstQuestion.ToString("c"),
        };
        try
        {
            return new DemoApp(await StartAsync(UsualUrl, settings, log, cancellationToken), secret, vaultKey, usualPort: true);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            var app = await StartAsync(AnyPortUrl, settings, log, cancellationToken);
            return new DemoApp(app, secret, vaultKey, usualPort: false);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    public override string ToString() => "[redacted]";

    private static async Task<WebApplication> StartAsync(
        string url, Dictionary<string, string?> settings, LogGate log, CancellationToken cancellationToken)
    {
        settings["urls"] = url;
        var app = WorkerServer.Create(configuration => configuration.AddInMemoryCollection(settings), Quieten);
        try
        {
            await app.StartAsync(cancellationToken);
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }

        void Quieten(WebApplicationBuilder builder)
        {
            builder.Services.PostConfigure<LoggerFilterOptions>(options =>
            {
                options.Rules.Clear();
                options.Rules.Add(new LoggerFilterRule(
                    null, null, null, (_, category, level) => log.Passes(category, level)));
            });
            // Standard output belongs to the demo, or to the program that reads its JSON.
            builder.Services.PostConfigure<ConsoleLoggerOptions>(
                options => options.LogToStandardErrorThreshold = LogLevel.Trace);
        }
    }
}
