using Microsoft.AspNetCore.Http;

namespace OpsMantik.Local.GoogleEmulator;

internal static class RequestBody
{
    public static async Task<byte[]> ReadAsync(HttpRequest http, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream((int)(http.ContentLength ?? 0));
        await http.Body.CopyToAsync(buffer, cancellationToken);
        return buffer.GetBuffer().Length == buffer.Length ? buffer.GetBuffer() : buffer.ToArray();
    }
}
