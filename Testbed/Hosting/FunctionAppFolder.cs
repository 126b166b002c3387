using System.Diagnostics;
using System.Text.Json;

namespace OpsMantik.Testbed.Hosting;

/// <summary>A published function app: what its host.json and worker.config.json say.</summary>
internal sealed class FunctionAppFolder
{
    private static readonly JsonDocumentOptions Lenient = new() { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };

    private readonly string _executable;
    private readonly string _worker;

    public FunctionAppFolder(string folder)
    {
        Path = folder;
        using var host = Parse("host.json");
        var http = host.RootElement.GetProperty("extensions").GetProperty("http");
        RoutePrefix = http.GetProperty("routePrefix").GetString()!;
        CustomHeaders = http.TryGetProperty("customHeaders", out var headers)
            ? headers.EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString())
            : [];
        FunctionTimeout = host.RootElement.TryGetProperty("functionTimeout", out var timeout)
            ? TimeSpan.Parse(timeout.GetString()!, System.Globalization.CultureInfo.InvariantCulture)
            : null;
        using var worker = Parse("worker.config.json");
        var description = worker.RootElement.GetProperty("description");
        _executable = description.GetProperty("defaultExecutablePath").GetString()!.Replace("{WorkerRoot}", folder, StringComparison.Ordinal);
        _worker = System.IO.Path.Combine(folder, description.GetProperty("defaultWorkerPath").GetString()!);
    }

    public string Path { get; }

    public string RoutePrefix { get; }

    /// <summary>What the host adds to every answer that lacks it.</summary>
    public IReadOnlyDictionary<string, string?> CustomHeaders { get; }

    /// <summary>Null where the plan's own would hold.</summary>
    public TimeSpan? FunctionTimeout { get; }

    /// <summary>The command with which the genuine host starts the worker, and the environment that it gives.</summary>
    /// <param name="host">Where the host listens for the worker.</param>
    /// <param name="settings">The app's settings, which the host has in its own environment.</param>
    public ProcessStartInfo Command(Uri host, string workerId, IReadOnlyDictionary<string, string?> settings)
    {
        var request = Guid.NewGuid().ToString();
        const string maxLength = "2147483647";
        var start = new ProcessStartInfo(
            _executable,
            [_worker, "--host", host.Host, "--port", $"{host.Port}", "--workerId", workerId, "--requestId", request,
                "--grpcMaxMessageLength", maxLength, "--functions-uri", host.AbsoluteUri, "--functions-worker-id", workerId,
                "--functions-request-id", request, "--functions-grpc-max-message-length", maxLength])
        {
            WorkingDirectory = Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // No setting of this process may give the worker an address.
        foreach (var name in start.Environment.Keys.Where(IsAspNetCoreVariable).ToList())
            start.Environment.Remove(name);
        Set("FUNCTIONS_WORKER_RUNTIME", "dotnet-isolated");
        Set("FUNCTIONS_EXTENSION_VERSION", "~4");
        Set("FUNCTIONS_REQUEST_BODY_SIZE_LIMIT", "104857600");
        Set("AzureWebJobsScriptRoot", Path);
        Set("AzureWebJobsStorage", "UseDevelopmentStorage=true");
        Set("AzureWebJobsDisableHomepage", "true");
        foreach (var (name, value) in settings)
            Set(name.Replace(":", "__", StringComparison.Ordinal), value);
        Set("FUNCTIONS_WORKER_DIRECTORY", Path);
        Set("FUNCTIONS_APPLICATION_DIRECTORY", Path);
        Set("FUNCTIONS_WORKER_RUNTIME_VERSION", null);
        return start;

        void Set(string name, string? value) => start.Environment[name] = value;
    }

    private static bool IsAspNetCoreVariable(string name) => name.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase);

    private JsonDocument Parse(string file) => JsonDocument.Parse(File.ReadAllText(System.IO.Path.Combine(Path, file)), Lenient);
}
