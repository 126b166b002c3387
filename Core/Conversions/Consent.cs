using System.Text.Json;

namespace OpsMantik.Core.Conversions;

/// <summary>
/// The visitor's consent as the application recorded it, each part null where it recorded none. Never invented: a
/// missing consent is sent as missing (EU user consent policy).
/// </summary>
/// <param name="AdUserData">True: granted; false: denied.</param>
/// <param name="AdPersonalization">True: granted; false: denied. Click uploads do not carry it.</param>
public sealed record Consent(bool? AdUserData, bool? AdPersonalization)
{
    /// <summary>
    /// Reads one word or truth value for both parts, or an object with <c>ad_user_data</c> and <c>ad_personalization</c>
    /// (<c>adUserData</c>, <c>adPersonalization</c>).
    /// </summary>
    /// <param name="isReadable">False when a part says something that is neither yes nor no nor "not known".</param>
    /// <returns>Null where nothing was recorded.</returns>
    public static Consent? Read(JsonElement json, out bool isReadable)
    {
        isReadable = true;
        if (json.ValueKind != JsonValueKind.Object)
        {
            var both = ReadPart(json, ref isReadable);
            return both is null ? null : new Consent(both, both);
        }

        // Where both spellings stand, the database's own decides.
        var userData = ReadPart(json, "ad_user_data", ref isReadable) ?? ReadPart(json, "adUserData", ref isReadable);
        var personalization = ReadPart(json, "ad_personalization", ref isReadable) ?? ReadPart(json, "adPersonalization", ref isReadable);
        return userData is null && personalization is null ? null : new Consent(userData, personalization);
    }

    private static bool? ReadPart(JsonElement json, string name, ref bool isReadable) =>
        json.TryGetProperty(name, out var part) ? ReadPart(part, ref isReadable) : null;

    private static bool? ReadPart(JsonElement json, ref bool isReadable)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            case JsonValueKind.Null:
                return null;
            case JsonValueKind.Number when json.GetRawText() is "1" or "0":
                return json.GetRawText() == "1";
            case JsonValueKind.String when TryReadWord(json.GetString()!, out var said):
                return said;
        }

        isReadable = false;
        return null;
    }

    /// <summary>Reads one part as a word, in any case.</summary>
    /// <param name="said">Null for a word that means "not known".</param>
    /// <returns>False for any other word.</returns>
    public static bool TryReadWord(string text, out bool? said)
    {
        (said, var isReadable) = text.Trim().ToUpperInvariant() switch
        {
            "GRANTED" or "CONSENT_GRANTED" or "TRUE" or "YES" or "1" => ((bool?)true, true),
            "DENIED" or "CONSENT_DENIED" or "FALSE" or "NO" or "0" => (false, true),
            "" or "UNSPECIFIED" or "UNKNOWN" or "CONSENT_STATUS_UNSPECIFIED" or "NULL" or "UNDEFINED" => (null, true),
            _ => (null, false),
        };
        return isReadable;
    }
}
