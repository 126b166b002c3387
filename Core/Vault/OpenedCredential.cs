using System.Text.Json;
using OpsMantik.Core.Json;

namespace OpsMantik.Core.Vault;

/// <summary>A site's credentials in the clear: UTF-8 JSON that must not leave the process. Prints itself redacted.</summary>
public sealed class OpenedCredential(ReadOnlyMemory<byte> json)
{
    /// <exception cref="JsonException">The sealed text was not JSON, or not all of it can be read.</exception>
    public JsonDocument Parse() => ReadableJson.Parse(json);

    public override string ToString() => "[redacted]";
}
