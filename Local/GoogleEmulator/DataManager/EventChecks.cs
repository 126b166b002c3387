using System.Collections.Frozen;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>What Google refuses in one event alone, and with it the whole request.</summary>
/// <param name="request">The event's.</param>
/// <param name="checks">Gets what is wrong.</param>
/// <param name="now">No event may be later.</param>
internal sealed class EventChecks(IngestRequest request, FieldChecks checks, DateTimeOffset now)
{
    private const int MaxIdentifiers = 10;

    private static readonly FrozenSet<string> Sources =
        FrozenSet.Create("WEB", "APP", "IN_STORE", "PHONE", "MESSAGE", "OTHER");

    private static readonly FrozenSet<string> Statuses =
        FrozenSet.Create("CONSENT_STATUS_UNSPECIFIED", "CONSENT_GRANTED", "CONSENT_DENIED");

    private readonly FrozenSet<string?> _references = request.Destinations.Select(d => d.Reference).ToFrozenSet();

    /// <param name="at">Path of the event.</param>
    /// <param name="sent">The event.</param>
    public void Check(string at, IngestEvent sent)
    {
        var clicks = sent.AdIdentifiers?.Clicks ?? [];
        if (clicks.Count == 1 && ScriptedErrors.InvalidEvent(clicks[0].Value) is { } reason)
        {
            // What a click id asks for comes before what is wrong with the event.
            checks.Add($"{at}.ad_identifiers.{clicks[0].Field}", reason);
            return;
        }

        for (var i = 0; i < sent.DestinationReferences.Count; i++)
            if (!_references.Contains(sent.DestinationReferences[i]))
                checks.Add($"{at}.destination_references[{i}]", "INVALID_DESTINATION");
        CheckTransactionId($"{at}.transaction_id", sent.TransactionId);
        CheckTime($"{at}.event_timestamp", sent.EventTimestamp);
        if (checks.Require($"{at}.event_source", sent.EventSource) && !Sources.Contains(sent.EventSource))
            checks.Add($"{at}.event_source", "INVALID_ENUM_VALUE");
        if (sent.ConversionValue is null || checks.Require($"{at}.currency", sent.Currency))
            CheckCurrency($"{at}.currency", sent.Currency);
        CheckConsent($"{at}.consent", sent.Consent);
        if (clicks.Count == 0 && sent.Identifiers.Count == 0)
            checks.Add($"{at}.ad_identifiers", "NO_IDENTIFIERS_PROVIDED");
        else if (clicks.Count > 1)
            checks.Add($"{at}.ad_identifiers", "INVALID_EVENT");
        if (sent.Identifiers.Count > 0)
            CheckIdentifiers($"{at}.user_data.user_identifiers", sent.Identifiers);
    }

    public void CheckConsent(string at, EventConsent? consent)
    {
        if (consent?.AdUserData is { } data && !Statuses.Contains(data))
            checks.Add($"{at}.ad_user_data", "INVALID_ENUM_VALUE");
        if (consent?.AdPersonalization is { } ads && !Statuses.Contains(ads))
            checks.Add($"{at}.ad_personalization", "INVALID_ENUM_VALUE");
    }

    /// <summary>Hashed identifiers need the encoding of their hashes, once for the request.</summary>
    public void CheckEncoding()
    {
        if (request.Encoding is not (null or "HEX" or "BASE64"))
            checks.Add("encoding", "INVALID_ENUM_VALUE");
        else if (request.Encoding is null && request.Events.Any(e => e.Identifiers.Count > 0))
            checks.Add("encoding", "REQUIRED_FIELD_MISSING");
    }

    private void CheckTransactionId(string at, string? id)
    {
        if (!checks.Require(at, id))
            return;
        // The real API lets a numeric id pass while it only validates (superdesigndev/treg, pull request 151). That it
        // refuses personal data, as the Google Ads API does in an order id, is inference: no reason of its own is documented.
        if ((!request.ValidateOnly && id.All(char.IsAsciiDigit)) || PersonalData.IsIn(id))
            checks.Add(at, "INVALID_FORMAT");
    }

    private void CheckTime(string at, string? text)
    {
        if (!checks.Require(at, text))
            return;
        if (Rfc3339.Parse(text) is not { } time)
            checks.Add(at, "INVALID_FORMAT");
        else if (time > now)
            checks.Add(at, "EVENT_TIME_INVALID");
    }

    private void CheckCurrency(string at, string? currency)
    {
        if (!string.IsNullOrEmpty(currency) && !Currencies.Contains(currency))
            checks.Add(at, "INVALID_CURRENCY_CODE");
    }

    private void CheckIdentifiers(string at, IReadOnlyList<UserIdentifier> identifiers)
    {
        if (identifiers.Count > MaxIdentifiers)
            checks.Add(at, "TOO_MANY_USER_IDENTIFIERS");
        for (var i = 0; i < identifiers.Count; i++)
        {
            if (identifiers[i].Count != 1)
                checks.Add($"{at}[{i}]", identifiers[i].Count == 0 ? "REQUIRED_FIELD_MISSING" : "INVALID_FORMAT");
            else if (identifiers[i].Hash is { } hash && FindHashFault(hash.Value) is { } reason)
                checks.Add($"{at}[{i}].{hash.Field}", reason);
        }
    }

    // Base64 is Google's to take, and nothing that is sent here.
    private string? FindHashFault(string hash) =>
        request.Encoding is "BASE64" || PersonalData.IsSha256(hash) ? null
        : PersonalData.IsHex(hash) ? "INVALID_SHA256_FORMAT"
        : "INVALID_HEX_ENCODING";
}
