using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

/// <summary>What Google refuses at once: one bad field fails the whole request.</summary>
internal static class RequestChecks
{
    private const int MaxEvents = 2_000;
    private const int MaxDestinations = 10;

    public static ErrorResponse? Find(IngestRequest request, EmulatorSettings settings, DateTimeOffset now)
    {
        FieldChecks checks = new();
        CheckDestinations(request.Destinations, checks);
        if (request.Events.Count == 0)
            checks.Add("events", "REQUIRED_FIELD_MISSING");
        else if (request.Events.Count > MaxEvents)
            checks.Add("events", "TOO_MANY_EVENTS");

        EventChecks events = new(request, checks, now);
        events.CheckConsent("consent", request.Consent);
        events.CheckEncoding();
        if (request.Events.Count <= MaxEvents)
            for (var i = 0; i < request.Events.Count; i++)
                events.Check(settings.NestedEventPaths ? $"events.events[{i}]" : $"events[{i}]", request.Events[i]);

        if (checks.Violations.Count > 0)
            return ErrorResponse.Invalid(checks.Violations);
        return request.Events.Select(e => e.Click.Value is { } click ? ScriptedErrors.InvalidRequest(click) : null)
            .FirstOrDefault(reason => reason is not null) is { } scripted ? ErrorResponse.Invalid(scripted) : null;
    }

    private static void CheckDestinations(IReadOnlyList<Destination> destinations, FieldChecks checks)
    {
        if (destinations.Count == 0)
            checks.Add("destinations", "REQUIRED_FIELD_MISSING");
        if (destinations.Count > MaxDestinations)
            checks.Add("destinations", "TOO_MANY_DESTINATIONS");
        if (destinations.Count > 1 && destinations.DistinctBy(d => d.Reference).Count() < destinations.Count)
            checks.Add("destinations", "DUPLICATE_DESTINATION_REFERENCE");

        for (var i = 0; i < destinations.Count; i++)
        {
            var (at, destination) = ($"destinations[{i}]", destinations[i]);
            if (checks.Require($"{at}.operating_account", destination.OperatingAccount))
                CheckAccount($"{at}.operating_account", destination.OperatingAccount, checks);
            if (destination.LoginAccount is { } login)
                CheckAccount($"{at}.login_account", login, checks);
            if (checks.Require($"{at}.product_destination_id", destination.ProductDestinationId)
                && !destination.ProductDestinationId.All(char.IsAsciiDigit))
                checks.Add($"{at}.product_destination_id", "INVALID_CONVERSION_ACTION_ID");
        }
    }

    private static void CheckAccount(string at, ProductAccount account, FieldChecks checks)
    {
        if (checks.Require($"{at}.account_type", account.AccountType) && account.AccountType != "GOOGLE_ADS")
            checks.Add($"{at}.account_type", "INVALID_ENUM_VALUE");
        if (!checks.Require($"{at}.account_id", account.AccountId))
            return;
        if (!account.AccountId.All(char.IsAsciiDigit))
            checks.Add($"{at}.account_id", "INVALID_NUMBER_FORMAT");
        else if (account.AccountId.Length != 10)
            checks.Add($"{at}.account_id", "INVALID_DESTINATION");
    }
}

/// <summary>Collects what is wrong with a request, in Google's words.</summary>
internal sealed class FieldChecks
{
    private readonly List<FieldViolation> _violations = [];

    public IReadOnlyList<FieldViolation> Violations => _violations;

    public void Add(string field, string reason) => _violations.Add(new(field, Describe(reason), reason));

    /// <summary>Whether the value is there; a violation when not.</summary>
    public bool Require(string field, [NotNullWhen(true)] object? value)
    {
        if (value is not (null or ""))
            return true;
        Add(field, "REQUIRED_FIELD_MISSING");
        return false;
    }

    private static string Describe(string reason) => reason switch
    {
        "REQUIRED_FIELD_MISSING" => "Required field is missing.",
        "INVALID_NUMBER_FORMAT" => "String is not a valid number.",
        "INVALID_FORMAT" => "Format is invalid.",
        "INVALID_ENUM_VALUE" => "Enum value cannot be used.",
        "INVALID_DESTINATION" => "This Destination is not valid.",
        "DUPLICATE_DESTINATION_REFERENCE" => "Two or more destinations in the request have the same reference.",
        "TOO_MANY_DESTINATIONS" => "Maximum number of destinations allowed per request is 10.",
        "TOO_MANY_EVENTS" => "Maximum number of events allowed per request is 2,000.",
        "INVALID_CONVERSION_ACTION_ID" => "Conversion action ID is not valid.",
        "INVALID_CURRENCY_CODE" => "The currency code is not supported.",
        "NO_IDENTIFIERS_PROVIDED" => "Events data contains no user identifiers or ad identifiers.",
        "EVENT_TIME_INVALID" => "The event time is not valid.",
        "TOO_MANY_USER_IDENTIFIERS" => "Maximum number of user identifiers allowed per event is 10.",
        "INVALID_HEX_ENCODING" => "The HEX encoded value is malformed.",
        "INVALID_SHA256_FORMAT" => "The SHA256 encoded value is malformed.",
        "INVALID_EVENT" => "This event is not valid.",
        "INVALID_REQUEST_ID" => "The request ID used to retrieve the status of a request is not valid.",
        _ => "There was a problem with the field.",
    };
}

/// <summary>One bad field of a request.</summary>
/// <param name="Field">Path in snake case, such as <c>events[3].ad_identifiers</c>; empty for the whole body.</param>
/// <param name="Description">Google's words.</param>
/// <param name="Reason">Name in Google's enum <c>ErrorReason</c>; null where its JSON front end refused the body.</param>
internal sealed record FieldViolation(string Field, string Description, string? Reason);

/// <summary>Reads timestamps as proto3 JSON does: RFC 3339 with a zone.</summary>
internal static partial class Rfc3339
{
    public static DateTimeOffset? Parse(string text) =>
        Form().IsMatch(text) && DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var time)
            ? time
            : null;

    [GeneratedRegex(
        @"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})\z")]
    private static partial Regex Form();
}
