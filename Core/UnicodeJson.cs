using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;

namespace OpsMantik.Core;

/// <summary>
/// JSON whose every text is Unicode. The parser lets broken UTF-8 and halves of surrogate pairs pass, and throws only
/// when somebody reads the text.
/// </summary>
public static class UnicodeJson
{
    /// <param name="utf8">Must not change while the document is in use.</param>
    /// <exception cref="JsonException">It is no JSON, or has a text that cannot be read.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8, JsonDocumentOptions options = default)
    {
        ReadTexts(utf8.Span, options.MaxDepth);
        return JsonDocument.Parse(utf8, options);
    }

    // Into a buffer that is cleared, not into strings: the texts of credentials are secrets.
    private static void ReadTexts(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        var text = ArrayPool<byte>.Shared.Rent(utf8.Length);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = maxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName)
                    reader.CopyString(text);
            }
        }
        catch (InvalidOperationException)
        {
            throw new JsonException("A text is not Unicode.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
            ArrayPool<byte>.Shared.Return(text);
        }
    }
}
