using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace OpsMantik.Testbed.Workers;

/// <summary>Calls a worker's HTTP endpoints, as an operator does.</summary>
public sealed class WorkerClient : IDisposable
{
    /// <summary>The most rows that one call may ask for.</summary>
    public const int MaxRows = 10_000;

    private readonly HttpClient _http;

    public WorkerClient(Uri address)
    {
        _http = new HttpClient { BaseAddress = address, Timeout = TimeSpan.FromMinutes(15) };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", WorkerSettings.CronSecret);
    }

    /// <summary>One upload run.</summary>
    /// <param name="limit">Rows, 1 to 10,000.</param>
    /// <exception cref="HttpRequestException">The worker ended, or refused: the status says why.</exception>
    public async Task<UploadCounts> UploadAsync(int limit = MaxRows, CancellationToken cancellation = default) =>
        await PostAsync<UploadCounts>($"process-offline-conversions?limit={limit}", cancellation);

    /// <summary>One recovery run.</summary>
    /// <param name="minAgeMinutes">1 to 1,440.</param>
    /// <returns>How many rows went back to the queue.</returns>
    /// <exception cref="HttpRequestException">The worker ended, or refused: the status says why.</exception>
    public async Task<int> RecoverAsync(int minAgeMinutes = 15, CancellationToken cancellation = default) =>
        (await PostAsync<Recovery>($"providers/recover-processing?min_age_minutes={minAgeMinutes}", cancellation))
            .Recovered;

    /// <summary>One confirmation run.</summary>
    /// <exception cref="HttpRequestException">The worker ended, or refused: the status says why.</exception>
    public async Task ConfirmAsync(CancellationToken cancellation = default)
    {
        using var response = await _http.PostAsync("/api/cron/providers/confirm-uploads", null, cancellation);
        response.EnsureSuccessStatusCode();
    }

    public void Dispose() => _http.Dispose();

    private async Task<T> PostAsync<T>(string path, CancellationToken cancellation)
    {
        using var response = await _http.PostAsync($"/api/cron/{path}", null, cancellation);
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<T>(cancellation))!;
    }

    private sealed record Recovery(int Recovered);
}

/// <summary>The result of one upload run, in rows.</summary>
public sealed record UploadCounts(int Processed, int Completed, int Failed, int Retry, int Submitted);
