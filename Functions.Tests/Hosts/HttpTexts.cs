using System.Net;

namespace OpsMantik.Functions.Tests.Hosts;

internal static class HttpTexts
{
    /// <summary>The body of the answer to a GET, whatever its status.</summary>
    public static async Task<string> GetStringOfAsync(this HttpClient http, string path)
    {
        using var response = await http.GetAsync(path);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>What the health page tells who has the secret.</summary>
    public static async Task<string> HealthAsync(this HostedWorker worker, string secret = HostedWorker.Secret)
    {
        using var response = await worker.SendAsync(HttpMethod.Get, Paths.Health, null, secret);
        return await response.Content.ReadAsStringAsync();
    }

    /// <summary>The first answer of a worker that was just started and may not listen yet; null after ten seconds.</summary>
    public static async Task<HttpStatusCode?> FirstStatusOfAsync(this HttpClient http, string path)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            try
            {
                using var response = await http.GetAsync(path);
                return response.StatusCode;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50);
            }
        }

        return null;
    }
}
