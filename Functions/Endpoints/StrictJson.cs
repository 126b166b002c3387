using System.Text.Json;
using System.Text.Unicode;

namespace OpsMantik.Functions.Endpoints;

/// <summary>Parses JSON whose every text can be read: UTF-8, no duplicate keys, not deep, no broken escapes.</summary>
internal static class StrictJson
{
    public const string Expected =
        "the body must be one JSON object in UTF-8, without duplicate keys and at most 8 levels deep";

    private const int MaxDepth = 8;

    /// <returns>Null when it is anything but <see cref="Expected"/>.</returns>
    public static JsonDocument? ParseObject(ReadOnlyMemory<byte> text)
    {
        // PowerShell writes files with a byte order mark.
        if (text.Span.StartsWith("\uFEFF"u8))
            text = text[3..];
        try
        {
            if (!Utf8.IsValid(text.Span) || !HasReadableTexts(text.Span))
                return null;
            var document = JsonDocument.Parse(
                text, new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false });
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

    // Half a surrogate pair passes the parser and throws only when somebody reads the text.
    private static bool HasReadableTexts(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    reader.GetString();
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
