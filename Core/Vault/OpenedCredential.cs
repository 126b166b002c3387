using System.Text.Json;

namespace OpsMantik.Core.Vault;

/// <summary>A site's credentials in the clear: UTF-8 JSON that must not leave the process. Prints itself redacted.</summary>
public sealed class OpenedCredential(ReadOnlyMemory<byte> json)
{
    /// <exception cref="JsonException">The sealed text was not JSON.</exception>
    public JsonDocument Parse() => JsonDocument.Parse(json);

    public override string ToString() => "[redacted]";
}
