using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpsMantik.Cli.Serve;
using OpsMantik.Core.Vault;
using OpsMantik.Web;

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
        string connectionString, GoogleAddresses google, LogSwitch log, CancellationToken cancellationToken)
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
            ["Reconcile:SettleAfter"] = "00:00:00",
            ["Confirm:FirstCheckAfter"] = DemoConfirmation.FirstCheckAfter.ToString("c"),
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
        string url, Dictionary<string, string?> settings, LogSwitch log, CancellationToken cancellationToken)
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

/// <summary>Calls the app as an operator would: over HTTP, with the cron secret.</summary>
internal sealed class DemoApi : IDisposable
{
    public const string UploadQuery = "?limit=1000&provider_key=google_ads";

    private readonly HttpClient _http;

    public DemoApi(Uri address, string cronSecret)
    {
        // Straight to it: a proxy of the environment would be shown the secret.
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cronSecret);
    }

    public async Task SeedAsync(JsonObject body, CancellationToken cancellationToken) =>
        await PostAsync(Routes.PathOf(Routes.SeedCredentials), JsonContent.Create(body), cancellationToken);

    public async Task<UploadCounts> UploadAsync(CancellationToken cancellationToken)
    {
        var path = Routes.PathOf(Routes.ProcessOfflineConversions) + UploadQuery;
        var answer = await PostAsync(path, null, cancellationToken);
        int Number(string name) => Count(answer, name, path);
        return new UploadCounts(
            Number("processed"), Number("completed"), Number("failed"), Number("retry"), Number("submitted"), Number("corrected"));
    }

    public async Task<ConfirmCounts> ConfirmAsync(CancellationToken cancellationToken)
    {
        var path = Routes.PathOf(Routes.ConfirmUploads);
        var answer = await PostAsync(path, null, cancellationToken);
        int Number(string name) => Count(answer, name, path);
        return new ConfirmCounts(
            Number("checked") - Number("pending"), Number("completed"), Number("failed"), Number("retry"));
    }

    public void Dispose() => _http.Dispose();

    private static int Count(JsonNode answer, string name, string path) =>
        (int?)answer[name] ?? throw new OperatorException($"POST {path} answered without {name}.");

    private async Task<JsonNode> PostAsync(string path, HttpContent? content, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            return response.IsSuccessStatusCode
                ? JsonNode.Parse(text)!
                : throw new OperatorException($"POST {path} answered {(int)response.StatusCode}: {text}");
        }
        catch (TaskCanceledException exception) when (exception.InnerException is TimeoutException)
        {
            throw new OperatorException($"POST {path} had no answer within {_http.Timeout.TotalSeconds:0} seconds.");
        }
    }
}

/// <summary>Where the app finds "Google".</summary>
internal sealed record GoogleAddresses(Uri BaseAddress, Uri TokenUri, Uri DataManagerBaseAddress);

/// <summary>Keeps the app's log from writing into the progress display: errors alone until it is opened.</summary>
internal sealed class LogSwitch
{
    // Says in a stack trace that port 7071 is taken, though the demo then takes another. As in the app's own filters.
    private const string Host = "Microsoft.Extensions.Hosting.Internal.Host";

    private volatile bool _open;

    public void Open() => _open = true;

    public bool Passes(string? category, LogLevel level)
    {
        if (category == Host)
            return level >= LogLevel.Critical;
        var ours = category?.StartsWith("OpsMantik.", StringComparison.Ordinal) ?? false;
        return level >= (_open ? ours ? LogLevel.Information : LogLevel.Warning : LogLevel.Error);
    }
}
