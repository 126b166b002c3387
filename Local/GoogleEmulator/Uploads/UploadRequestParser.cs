using System.Text.Json;
using OpsMantik.Local.GoogleEmulator.Errors;

namespace OpsMantik.Local.GoogleEmulator.Uploads;

/// <summary>Reads a request as strictly as Google's JSON front end.</summary>
internal static class UploadRequestParser
{
    /// <summary>The request, or the fault to answer with.</summary>
    public static (UploadRequest? Request, RequestFault? Fault) Parse(ReadOnlySpan<byte> body)
    {
        try
        {
            var request = JsonSerializer.Deserialize(body, UploadRequestJson.Default.UploadRequest);
            return request is null || request.Conversions.Contains(null!)
                ? (null, Fault("Invalid value (null)", ""))
                : (request, null);
        }
        catch (JsonException e)
        {
            return (null, Describe(e));
        }
    }

    private static RequestFault Describe(JsonException e)
    {
        // "$.conversions[3].orderID" names both the place and the last name.
        var path = e.Path is null or "$" ? "" : e.Path[2..];
        var dot = path.LastIndexOf('.');
        var (place, name) = dot < 0 ? ("", path) : (path[..dot], path[(dot + 1)..]);
        if (e.Message.Contains("could not be mapped to any .NET member", StringComparison.Ordinal))
            return Fault($"Unknown name \"{name}\"{At(place)}: Cannot find field.", place);
        if (e.InnerException is JsonException or null && path.Length == 0)
            return Fault("Unexpected token.", "");
        return Fault($"Invalid value{At(path)}", path);
    }

    private static string At(string place) => place.Length == 0 ? "" : $" at '{place}'";

    private static RequestFault Fault(string what, string field) =>
        new(400, "INVALID_ARGUMENT", $"Invalid JSON payload received. {what}") { BadField = field };
}
