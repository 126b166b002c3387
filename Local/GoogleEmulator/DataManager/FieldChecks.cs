using System.Diagnostics.CodeAnalysis;

namespace OpsMantik.Local.GoogleEmulator.DataManager;

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
        "INVALID_EVENT" => "This event is not valid.",
        "INVALID_REQUEST_ID" => "The request ID used to retrieve the status of a request is not valid.",
        _ => "There was a problem with the field.",
    };
}
