using System.Net.Http.Headers;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OpsMantik.Core.Providers;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Functions;

/// <summary>
/// The real app in this process, on a free port. It has good settings, and a database where nobody listens unless a
/// test hands in another.
/// </summary>
internal sealed class RunningApp : IAsyncDisposable
{
    public const string Secret = "CANARY-cron-secret";
    public const string NoDatabase = "Host=127.0.0.1;Port=1;Database=none;Username=none;Password=CANARY-password";

    private readonly WebApplication _app;

    private RunningApp(WebApplication app, LogLines logs)
    {
        (_app, Logs) = (app, logs);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Http { get; }

    public LogLines Logs { get; }

    public IServiceProvider Services => _app.Services;

    public static Dictionary<string, string?> Settings() => new()
    {
        ["urls"] = "http://127.0.0.1:0",
        ["ConnectionStrings:OpsMantik"] = NoDatabase,
        ["OPSMANTIK_VAULT_KEY"] = Convert.ToBase64String("CANARY-vault-key-of-32-bytes-123"u8),
        ["CRON_SECRET"] = Secret,
        ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
    };

    /// <param name="settings">Added to <see cref="Settings"/>, as name and value.</param>
    public static async Task<RunningApp> StartAsync(
        Action<IServiceCollection>? services = null, params (string Name, string? Value)[] settings)
    {
        var all = Settings();
        foreach (var (name, value) in settings)
            all[name] = value;

        var logs = new LogLines();
        var app = FunctionApp.Create([], configuration => configuration.AddInMemoryCollection(all), builder =>
        {
            builder.Logging.ClearProviders().AddProvider(logs);
            builder.Services.RemoveAll<IConversionProvider>();
            builder.Services.AddSingleton<IConversionProvider, StubProvider>();
            services?.Invoke(builder.Services);
        });
        await app.StartAsync();
        return new RunningApp(app, logs);
    }

    /// <summary>Sends a request with the secret, or with another one, or with none at all (null).</summary>
    public async Task<HttpResponseMessage> SendAsync(
        HttpMethod method, string path, HttpContent? body = null, string? secret = Secret)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body };
        if (secret is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
        var response = await Http.SendAsync(request);
        Canary.AssertAbsent("an answer", [await response.Content.ReadAsStringAsync(), response.Headers.ToString()]);
        return response;
    }

    public Task<HttpResponseMessage> PostAsync(string path, HttpContent? body = null, string? secret = Secret) =>
        SendAsync(HttpMethod.Post, path, body, secret);

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        Canary.AssertAbsent("a log line", Logs.All);
    }
}
