using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OpsMantik.Web;

namespace OpsMantik.Cli.Demo;

/// <summary>Calls the app as an operator would: over HTTP, with the cron secret.</summary>
internal sealed class DemoApi : IDisposable
{
    public const string UploadQuery = "?limit=1000&provider_key=google_ads";

    private readonly HttpClient _http;

    public DemoApi(Uri address, string cronSecret)
    {
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(2) };
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
            Number("processed"), Number("completed"), Number("failed"), Number("retry"), Number("submitted"));
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
