namespace OpsMantik.Core.Providers;

/// <summary>
/// Cleans text that others wrote before it is stored or logged: secrets become <c>[redacted]</c>, control characters
/// spaces, and the length is bounded. Prints itself redacted.
/// </summary>
internal sealed class SecretScrubber
{
    /// <summary>Longest text that <see cref="Clean"/> returns.</summary>
    public const int MaxLength = 500;

    /// <summary>Anything shorter is no secret, and replacing it would shred the text.</summary>
    private const int MinSecretLength = 4;

    private readonly string[] _secrets;

    public SecretScrubber(params IEnumerable<string?> secrets) =>
        _secrets =
        [
            .. secrets
                .Where(secret => secret?.Length >= MinSecretLength)
                .SelectMany(secret => new[] { secret!, Uri.EscapeDataString(secret!) })
                .Distinct(StringComparer.Ordinal)
                // A secret may be part of another: the longer one goes first, or its rest would stay.
                .OrderByDescending(secret => secret.Length),
        ];

    public SecretScrubber With(string? secret) => new([.. _secrets, secret]);

    public string Clean(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return "";
        }

        // Before the cut, which could leave half a secret that no longer matches.
        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, "[redacted]", StringComparison.Ordinal);
        }

        text = Truncate(text);
        return string.Create(text.Length, text, static (buffer, source) =>
        {
            for (var i = 0; i < buffer.Length; i++)
            {
                buffer[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        }).Trim();
    }

    /// <summary>At most <see cref="MaxLength"/> characters, and never half of a surrogate pair.</summary>
    public static string Truncate(string text) =>
        text.Length <= MaxLength ? text : text[..(char.IsHighSurrogate(text[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];

    /// <summary>A short identifier (a request id, an enum name) if it is safe to keep; otherwise null.</summary>
    public string? Identifier(string? text) => Identifier(text, 64);

    /// <summary>As <see cref="Identifier(string)"/>, for enum names, some of which are longer.</summary>
    public string? LongIdentifier(string? text) => Identifier(text, 128);

    private string? Identifier(string? text, int longest) =>
        text?.Length > 0 && text.Length <= longest
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-')
        && Clean(text) == text
            ? text
            : null;

    public override string ToString() => "[redacted]";
}
