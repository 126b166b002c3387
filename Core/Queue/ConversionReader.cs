using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using OpsMantik.Core.Providers;

namespace OpsMantik.Core.Queue;

/// <summary>Turns a row into a canonical conversion: the columns, and the payload's overrides over them.</summary>
internal static class ConversionReader
{
    /// <summary>Code of a row whose payload has the wrong shape; it fails alone.</summary>
    public const string InvalidPayload = "INVALID_PAYLOAD";

    /// <returns>The conversion, or why the row cannot be read.</returns>
    public static (Conversion? Conversion, UploadOutcome? Fault) Read(ConversionJob job)
    {
        if (job.Payload is null)
            return (null, Invalid("the payload takes more than 64 KiB, or 16 KiB as stored"));
        try
        {
            using var document = JsonDocument.Parse(job.Payload);
            var payload = new PayloadOverrides(document.RootElement);
            var orderId = payload.Text("order_id");
            return (new Conversion
            {
                Id = job.Id,
                OrderId = orderId ?? job.SaleId.ToString(),
                OrderIdIsSaleId = orderId is null || orderId == job.SaleId.ToString(),
                MayHaveBeenSent = job.ClaimCount > 1,
                Click = ChooseClick(payload, job),
                Time = payload.Time("conversion_time") ?? job.ConversionTime,
                ValueCents = payload.Integer("value_cents") ?? job.ValueCents,
                Currency = payload.Text("currency") ?? job.Currency,
                Consent = payload.Consent(),
            }, null);
        }
        catch (FormatException exception)
        {
            return (null, Invalid(exception.Message));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return (null, Invalid("the payload is not readable JSON of at most 64 levels"));
        }
    }

    private static UploadOutcome Invalid(string reason) =>
        UploadOutcome.Unsendable(InvalidPayload, $"{reason}; correct the row's payload and re-queue it.");

    // Exactly one identifier is sent; Google forbids gbraid with wbraid, and peers prefer them in this order.
    private static ClickId? ChooseClick(PayloadOverrides payload, ConversionJob job)
    {
        ReadOnlySpan<(ClickIdKind Kind, string Name, string? Column)> candidates =
        [
            (ClickIdKind.Gclid, "gclid", job.Gclid),
            (ClickIdKind.Gbraid, "gbraid", job.Gbraid),
            (ClickIdKind.Wbraid, "wbraid", job.Wbraid),
        ];
        foreach (var (kind, name, column) in candidates)
        {
            if ((payload.ClickId(name) ?? NullIfEmpty(column)) is { } value)
                return new ClickId(kind, value);
        }

        return null;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}

/// <summary>
/// Reads the payload's overrides. A missing, null or empty one is none; one of the wrong type is a
/// <see cref="FormatException"/> that names it: guessing would send a wrong value.
/// </summary>
internal readonly partial struct PayloadOverrides
{
    private readonly JsonElement _root;

    public PayloadOverrides(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new FormatException("the payload is not an object");
        _root = root;
    }

    public string? Text(string name) => Text(_root, name, name);

    public string? ClickId(string name) =>
        Object("click_ids") is { } ids ? Text(ids, name, $"click_ids.{name}") : null;

    public long? Integer(string name)
    {
        if (Find(_root, name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number)
            ? number
            : throw new FormatException($"payload.{name} is not a whole number");
    }

    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
            return null;
        // Without a zone the moment is unknown; DateTimeStyles.None would assume the machine's.
        return Zoned().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var time)
            ? time
            : throw new FormatException($"payload.{name} is not a time with a zone, such as 2026-11-23T10:00:00Z");
    }

    public Consent? Consent()
    {
        if (Object("consent") is not { } consent)
            return null;
        var adUserData = Granted(consent, "ad_user_data") ?? Granted(consent, "adUserData");
        var adPersonalization = Granted(consent, "ad_personalization") ?? Granted(consent, "adPersonalization");
        return adUserData is null && adPersonalization is null ? null : new Consent(adUserData, adPersonalization);
    }

    private JsonElement? Object(string name)
    {
        if (Find(_root, name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Object
            ? value
            : throw new FormatException($"payload.{name} is not an object");
    }

    private static bool? Granted(JsonElement consent, string name) => Text(consent, name, $"consent.{name}") switch
    {
        null or "UNSPECIFIED" or "UNKNOWN" => null,
        "GRANTED" => true,
        "DENIED" => false,
        _ => throw new FormatException($"payload.consent.{name} is neither GRANTED nor DENIED"),
    };

    private static string? Text(JsonElement parent, string name, string path)
    {
        if (Find(parent, name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw new FormatException($"payload.{path} is not a text");
        return value.GetString() is { Length: > 0 } text ? text : null;
    }

    [GeneratedRegex(@":[0-9]{2}(\.[0-9]+)?\s?(Z|[+-][0-9]{2}(:?[0-9]{2})?)$")]
    private static partial Regex Zoned();

    private static JsonElement? Find(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
