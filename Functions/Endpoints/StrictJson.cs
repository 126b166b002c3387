using System.Text.Json;
using OpsMantik.Core.Json;

namespace OpsMantik.Functions.Endpoints;

/// <summary>Parses JSON whose every text can be read: UTF-8, no duplicate keys, not deep, no broken escapes.</summary>
internal static class StrictJson
{
    public const string Expected =
        "the body must be one JSON object in UTF-8, without duplicate keys and at most 8 levels deep";

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <returns>Null when it is anything but <see cref="Expected"/>.</returns>
    public static JsonDocument? ParseObject(ReadOnlyMemory<byte> text)
    {
        // PowerShell writes files with a byte order mark.
        if (text.Span.StartsWith("\uFEFF"u8))
            text = text[3..];
        try
        {
            var document = ReadableJson.Parse(text, Options);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document;
            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
