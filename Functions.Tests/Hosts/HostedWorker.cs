using System.Net.Http.Headers;
using System.Security.Cryptography;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Testbed.Hosting;

namespace OpsMantik.Functions.Tests.Hosts;

/// <summary>What the worker runs under.</summary>
public enum HostKind
{
    /// <summary><c>opsmantik serve</c>: a web server and schedules of its own.</summary>
    Serve,

    /// <summary>The published function app, below the double of the Functions host.</summary>
    Functions,
}

/// <summary>The running worker, whatever its host. One test body runs over both.</summary>
internal abstract class HostedWorker : IAsyncDisposable
{
    /// <summary>Of every worker of the tests, which run as in development: it is too weak for production.</summary>
    public const string Secret = "CANARY-cron-secret";

    /// <summary>One for production.</summary>
    public static readonly string StrongSecret = $"CANARY-{RandomNumberGenerator.GetHexString(32, lowercase: true)}";

    public const string NoDatabase = "Host=127.0.0.1;Port=1;Database=none;Username=none;Password=CANARY-password";

    // A run of its own at a full ten minutes would change what a test is looking at.
    private const string Never = "0 0 0 29 2 *";

    /// <summary>Fixture arguments: each host.</summary>
    public static readonly HostKind[] Kinds = Enum.GetValues<HostKind>();

    public required HttpClient Http { get; init; }

    /// <summary>What it logged: level, message, exception.</summary>
    public abstract IReadOnlyList<string> Logs { get; }

    /// <summary>Good settings, and a database where nobody listens.</summary>
    public static Dictionary<string, string?> Settings(params IEnumerable<(string Name, string? Value)> more)
    {
        var settings = new Dictionary<string, string?>
        {
            ["ConnectionStrings:OpsMantik"] = NoDatabase,
            ["OPSMANTIK_VAULT_KEY"] = Convert.ToBase64String("CANARY-vault-key-of-32-bytes-123"u8),
            ["CRON_SECRET"] = Secret,
            ["AZURE_FUNCTIONS_ENVIRONMENT"] = "Development",
            ["UPLOAD_SCHEDULE"] = Never,
            ["RECOVERY_SCHEDULE"] = Never,
            ["CONFIRM_SCHEDULE"] = Never,
            ["RECONCILE_SCHEDULE"] = Never,
        };
        foreach (var (name, value) in more)
            settings[name] = value;
        return settings;
    }

    /// <param name="settings">Added to <see cref="Settings"/>, as name and value.</param>
    public static async Task<HostedWorker> StartAsync(HostKind kind, params (string Name, string? Value)[] settings) =>
        kind == HostKind.Serve
            ? await RunningApp.StartAsync(null, settings)
            : await FunctionAppWorker.StartAsync(settings);

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

    /// <summary>Stops it as its host does, and waits for its end.</summary>
    public abstract Task StopAsync();

    /// <summary>Ends it and looks for secrets in what it logged and printed.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>The published function app below the double of the Functions host.</summary>
internal sealed class FunctionAppWorker : HostedWorker
{
    public required FunctionsHost Host { get; init; }

    public override IReadOnlyList<string> Logs => [.. Host.Logs.Select(record => record.ToString())];

    public static async Task<FunctionAppWorker> StartAsync(params IEnumerable<(string Name, string? Value)> settings)
    {
        var host = await FunctionsHost.StartAsync(await PublishedApp.FolderAsync(), Settings(settings));
        return new FunctionAppWorker { Host = host, Http = new HttpClient { BaseAddress = host.Address } };
    }

    public override async Task StopAsync() => await Host.TerminateAsync();

    public override async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Host.DisposeAsync();
        Assert.That(Host.LeakedSecret, Is.False, "a secret in a log or in what it printed");
    }
}
