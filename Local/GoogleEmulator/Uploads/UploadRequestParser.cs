using OpsMantik.Local.GoogleEmulator.Errors;

namespace OpsMantik.Local.GoogleEmulator.Uploads;

/// <summary>Reads a request as strictly as Google's JSON front end.</summary>
internal static class UploadRequestParser
{
    /// <summary>The request, or the fault to answer with.</summary>
    public static (UploadRequest? Request, RequestFault? Fault) Parse(ReadOnlySpan<byte> body)
    {
        var (request, fault) = StrictJson.Parse(
            body, UploadRequestJson.Default.UploadRequest, request => request.Conversions.Contains(null!));
        return (request, fault is null
            ? null
            : new(400, "INVALID_ARGUMENT", fault.Message) { BadField = fault.Field });
    }
}
