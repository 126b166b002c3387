using System.Collections.Frozen;
using System.Text.RegularExpressions;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>What Google refuses by looking at one event alone.</summary>
internal sealed partial class EventChecks(IngestRequest request, FieldChecks checks)
{
    private static readonly FrozenSet<string> Sources =
        FrozenSet.Create("WEB", "APP", "IN_STORE", "PHONE", "MESSAGE", "OTHER");

    private static readonly FrozenSet<string> Statuses =
        FrozenSet.Create("CONSENT_STATUS_UNSPECIFIED", "CONSENT_GRANTED", "CONSENT_DENIED");

    private readonly FrozenSet<string?> _references = request.Destinations.Select(d => d.Reference).ToFrozenSet();

    /// <param name="at">Path of the event.</param>
    /// <param name="sent">The event.</param>
    public void Check(string at, IngestEvent sent)
    {
        for (var i = 0; i < sent.DestinationReferences.Count; i++)
            if (!_references.Contains(sent.DestinationReferences[i]))
                checks.Add($"{at}.destination_references[{i}]", "INVALID_DESTINATION");

        // The real API lets a numeric id pass while it only validates (superdesigndev/treg, pull request 151).
        if (checks.Require($"{at}.transaction_id", sent.TransactionId)
            && !request.ValidateOnly && sent.TransactionId.All(char.IsAsciiDigit))
            checks.Add($"{at}.transaction_id", "INVALID_FORMAT");
        if (checks.Require($"{at}.event_timestamp", sent.EventTimestamp) && Rfc3339.Parse(sent.EventTimestamp) is null)
            checks.Add($"{at}.event_timestamp", "INVALID_FORMAT");
        if (checks.Require($"{at}.event_source", sent.EventSource) && !Sources.Contains(sent.EventSource))
            checks.Add($"{at}.event_source", "INVALID_ENUM_VALUE");
        if (sent.ConversionValue is null || checks.Require($"{at}.currency", sent.Currency))
            CheckCurrency($"{at}.currency", sent.Currency);
        CheckConsent($"{at}.consent", sent.Consent);
        CheckClick($"{at}.ad_identifiers", sent.AdIdentifiers?.Clicks ?? []);
    }

    public void CheckConsent(string at, EventConsent? consent)
    {
        if (consent?.AdUserData is { } data && !Statuses.Contains(data))
            checks.Add($"{at}.ad_user_data", "INVALID_ENUM_VALUE");
        if (consent?.AdPersonalization is { } ads && !Statuses.Contains(ads))
            checks.Add($"{at}.ad_personalization", "INVALID_ENUM_VALUE");
    }

    private void CheckCurrency(string at, string? currency)
    {
        if (!string.IsNullOrEmpty(currency) && !Currency().IsMatch(currency))
            checks.Add(at, "INVALID_CURRENCY_CODE");
    }

    private void CheckClick(string at, IReadOnlyList<(string Field, string Value)> clicks)
    {
        if (clicks.Count == 0)
            checks.Add(at, "NO_IDENTIFIERS_PROVIDED");
        else if (clicks.Count > 1)
            checks.Add(at, "INVALID_EVENT");
        else if (ScriptedRule.Bad(clicks[0].Value) is { } reason)
            checks.Add($"{at}.{clicks[0].Field}", reason);
    }

    [GeneratedRegex(@"\A[A-Z]{3}\z")]
    private static partial Regex Currency();
}
