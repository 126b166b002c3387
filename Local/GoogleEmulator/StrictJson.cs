using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace OpsMantik.Local.GoogleEmulator;

/// <summary>Reads JSON as strictly as Google's front end and reports errors in its words.</summary>
internal static class StrictJson
{
    /// <summary>The value, or what is wrong and where.</summary>
    public static (T? Value, JsonError? Error) Parse<T>(
        ReadOnlySpan<byte> body, JsonTypeInfo<T> type, Predicate<T> hasNullItem) where T : class
    {
        try
        {
            var value = JsonSerializer.Deserialize(body, type);
            return value is null || hasNullItem(value) ? (null, Error("Invalid value (null)", "")) : (value, null);
        }
        catch (JsonException e)
        {
            return (null, Describe(e));
        }
    }

    private static JsonError Describe(JsonException e)
    {
        // "$.conversions[3].orderID" names both the place and the last name.
        var path = e.Path is null or "$" ? "" : e.Path[2..];
        var dot = path.LastIndexOf('.');
        var (place, name) = dot < 0 ? ("", path) : (path[..dot], path[(dot + 1)..]);
        if (e.Message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
            return Error($"Unknown name \"{name}\"{At(place)}: Cannot find field.", place);
        if (e.InnerException is JsonException or null && path.Length == 0)
            return Error("Unexpected token.", "");
        return Error($"Invalid value{At(path)}", path);
    }

    private static string At(string place) => place.Length == 0 ? "" : $" at '{place}'";

    private static JsonError Error(string what, string field) => new($"Invalid JSON payload received. {what}", field);
}

/// <summary>What Google's JSON front end says of a body, and the field it is about; empty for the whole body.</summary>
internal sealed record JsonError(string Message, string Field);

internal static class RequestBody
{
    public static async Task<byte[]> ReadAsync(HttpRequest http, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream((int)(http.ContentLength ?? 0));
        await http.Body.CopyToAsync(buffer, cancellationToken);
        return buffer.GetBuffer().Length == buffer.Length ? buffer.GetBuffer() : buffer.ToArray();
    }
}
