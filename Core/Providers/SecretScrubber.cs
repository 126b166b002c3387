using System.Text.RegularExpressions;
using OpsMantik.Core.Conversions;

namespace OpsMantik.Core.Providers;

/// <summary>
/// Cleans text that others wrote before it is stored or logged: secrets become <c>[redacted]</c>, of a hash or a click id the first
/// six characters stay, ends of lines become spaces, what is hidden is escaped, and the length is bounded. Prints itself redacted.
/// </summary>
internal sealed partial class SecretScrubber
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
        text = LongToken().Replace(WithoutSecrets(text), match => PersonalText.Shorten(match.Value));
        return Truncate(VisibleText.Escape(LineEnd().Replace(text, " "))).Trim();
    }

    /// <summary>Whether it holds neither a secret nor anything hidden.</summary>
    public bool IsClean(string text) =>
        ReferenceEquals(VisibleText.Escape(text), text) && string.Equals(WithoutSecrets(text), text, StringComparison.Ordinal);

    private string WithoutSecrets(string text)
    {
        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, "[redacted]", StringComparison.Ordinal);
        }

        return text;
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
        && IsClean(text)
            ? text
            : null;

    public override string ToString() => "[redacted]";

    [GeneratedRegex("[\\r\\n\\t\\0]")]
    private static partial Regex LineEnd();

    /// <summary>
    /// As hashes, click ids and tokens are: long, without a space, with digits and small letters. Names such as
    /// TWENTY_EIGHT_DAYS_CLICK are not.
    /// </summary>
    [GeneratedRegex(@"(?<![\w-])(?=[\w-]*[0-9])(?=[\w-]*[a-z])[\w-]{40,}")]
    private static partial Regex LongToken();
}

/// <summary>Values that name a person or an account, as a message may repeat them.</summary>
internal static class PersonalText
{
    private const int Shown = 6;

    /// <summary>The first six characters: enough to compare, too few to find somebody by.</summary>
    public static string Shorten(string value) => value.Length <= Shown ? value : $"{value[..Shown]}…";

    /// <summary>The outcome of a conversion without its click id and its hashes, which a provider's text may quote.</summary>
    public static UploadOutcome Without(this UploadOutcome outcome, Conversion conversion)
    {
        if (outcome.Message is not { } message)
            return outcome;
        foreach (var identifier in conversion.UserIdentifiers)
            message = message.Replace(identifier.Hash, identifier.Abridged, StringComparison.OrdinalIgnoreCase);
        // A shorter one is a part of ordinary words.
        if (conversion.Click is { Value: { Length: > Shown } click })
            message = message.Replace(click, Shorten(click), StringComparison.Ordinal);
        return message == outcome.Message ? outcome : outcome with { Message = message };
    }
}

/// <summary>A customer id in a log line: its last four digits.</summary>
internal readonly record struct MaskedCustomer(string Id)
{
    private const int Shown = 4;

    public static implicit operator MaskedCustomer(string id) => new(id);

    public override string ToString() => $"***-***-{(Id.Length > Shown ? Id[^Shown..] : "****")}";
}
