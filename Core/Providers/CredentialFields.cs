using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OpsMantik.Core.Providers;

/// <summary>Reads credential fields and keeps the first fault, which names the field and never its value.</summary>
internal sealed partial class CredentialFields(JsonElement json)
{
    public string? Fault { get; private set; } =
        json.ValueKind == JsonValueKind.Object ? null : "The credentials must be a JSON object.";

    public string Required(string name) => Optional(name) ?? Reject($"{name} is missing or empty.");

    /// <summary>Null when the field is missing, null or empty.</summary>
    public string? Optional(string name)
    {
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out var value)
            || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            return Reject($"{name} must be a string.");
        }

        var text = value.GetString()!.Trim();
        return text.Length == 0 ? null : text;
    }

    /// <summary>Digits, which a program may write as a number.</summary>
    public string? Id(string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out var number)
            ? number.ToString(CultureInfo.InvariantCulture)
            : Optional(name);

    /// <summary>A Google Ads account id: ten digits, which people write with dashes.</summary>
    public string? CustomerId(string name, bool required)
    {
        var digits = (Id(name) ?? (required ? Required(name) : null))?.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);
        return digits is null or { Length: 10 } && digits?.All(char.IsAsciiDigit) != false
            ? digits
            : Reject($"{name} must be 10 digits, as 123-456-7890.");
    }

    /// <summary>
    /// The conversion action's id: digits, the end of its resource name, whose customer people also write with dashes, or
    /// the pasted address of its page.
    /// </summary>
    /// <param name="name">The field.</param>
    public string? ActionId(string name)
    {
        if (Id(name) is not { Length: > 0 } text)
        {
            return null;
        }

        return Action().Match(text) is { Success: true } match ? match.Groups["id"].Value
            : text.StartsWith("AW-", StringComparison.OrdinalIgnoreCase) ? Reject(
                $"{name} holds what the tag is written with (AW-, label): take the action's id from the address of its page "
                + "in Google Ads (ctId=).")
            : Reject($"{name} must be the action's id, as 456, or customers/123/conversionActions/456.");
    }

    /// <summary>Text that goes into a request header.</summary>
    public string? HeaderValue(string name)
    {
        var text = Optional(name);
        return text is null || text.All(c => c is > ' ' and <= '~')
            ? text
            : Reject($"{name} must be printable ASCII without spaces.");
    }

    // Also the address of the action's page in Google Ads, as people paste it.
    [GeneratedRegex(@"^((/?customers/[0-9-]{1,24}/conversionActions/)?(?<id>[0-9]{1,20})|https://ads\.google\.com/[^\s#]*[?&]ctId=(?<id>[0-9]{1,20})([&#]\S*)?)\z")]
    private static partial Regex Action();

    public string Reject(string fault)
    {
        Fault ??= fault;
        return "";
    }
}
