namespace OpsMantik.Functions.Tests.Functions;

internal static class HttpTexts
{
    /// <summary>The body of the answer to a GET, whatever its status.</summary>
    public static async Task<string> GetStringOfAsync(this HttpClient http, string path)
    {
        using var response = await http.GetAsync(path);
        return await response.Content.ReadAsStringAsync();
    }
}
