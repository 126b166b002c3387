using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Runs;

namespace OpsMantik.Core.Queue;

/// <summary>Turns a row into a canonical conversion: the columns, and the payload's overrides over them.</summary>
internal sealed class ConversionReader(Currencies currencies, IOptions<UploadOptions> options, TimeProvider time)
{
    /// <summary>Code of a row whose payload has the wrong shape; it fails alone.</summary>
    public const string InvalidPayload = "INVALID_PAYLOAD";

    /// <summary>Code of a row whose payload is not handed to a worker; it fails alone.</summary>
    public const string PayloadTooLarge = "PAYLOAD_TOO_LARGE";

    private static readonly ClickIdKind[] Kinds = [ClickIdKind.Gclid, ClickIdKind.Gbraid, ClickIdKind.Wbraid];
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    public ConversionReading Read(ConversionJob job)
    {
        var notes = new ReadingNotes();
        UploadOutcome? fault;
        Conversion? conversion = null;
        try
        {
            (conversion, fault) = job.Payload is null
                ? (null, UploadOutcome.Unsendable(PayloadTooLarge, "The payload takes more than 64 KiB, or 16 KiB as stored: shorten it and re-queue the row."))
                : Read(job, notes);
        }
        catch (FormatException exception)
        {
            fault = Invalid(exception.Message);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            fault = Invalid("the payload is not readable JSON of at most 64 levels");
        }

        return new ConversionReading(conversion, fault, notes.All);
    }

    /// <summary>A sale of the next day waits until it has come; a later one, or one too old, cannot be sent.</summary>
    public UploadOutcome? FindTimeFault(DateTimeOffset at)
    {
        var now = time.GetUtcNow();
        if (at > now + LongestWait)
        {
            return UploadOutcome.Unsendable(
                "INVALID_CONVERSION_TIME", "The conversion time is more than a day ahead: a wrong year, zone or clock?");
        }

        if (at > now)
        {
            return UploadOutcome.Postponed(
                "CONVERSION_IN_FUTURE", ErrorCategory.Transient, "The conversion time has not come yet; the row waits for it.", at - now) with
            {
                MayHaveBeenSent = false,
            };
        }

        var days = options.Value.ConversionWindowDays;
        return at < now.AddDays(-days)
            ? UploadOutcome.Unsendable("CONVERSION_TOO_OLD", $"The sale is older than the {days} days within which Google counts one (Upload__ConversionWindowDays).")
            : null;
    }

    /// <summary>Whether a conversion of this time is from before the change-over from another system that sent them too.</summary>
    public bool OtherSenderMayHaveIt(DateTimeOffset at) => at < options.Value.OtherSenderUntil;

    private (Conversion?, UploadOutcome?) Read(ConversionJob job, ReadingNotes notes)
    {
        using var document = JsonDocument.Parse(job.Payload!);
        var payload = new PayloadOverrides(document.RootElement);
        var orderId = payload.OrderId();
        if (orderId is not null && OrderId.ContainsPersonalData(orderId))
        {
            return (null, UploadOutcome.Unsendable(
                "ORDER_ID_CONTAINS_PII",
                "payload.order_id is an e-mail address or a telephone number, which Google forbids: put a number of the sale there, or nothing."));
        }

        if (!currencies.TryFind(payload.Text("currency") ?? job.Currency, out var currency))
            return (null, UploadOutcome.Unsendable("INVALID_CURRENCY", "The currency is not a code of ISO 4217, as TRY."));
        var value = new Money(payload.Integer("value_cents") ?? job.ValueCents, currency);
        var consent = payload.Consent(out var isReadable);
        if (!isReadable)
            notes.Add("the consent cannot be read: it counts as not granted, and no hashed identifier is sent");
        var identifiers = ReadIdentifiers(job, payload, notes);
        if (identifiers.Count > 0 && (!isReadable || consent?.AdUserData == false))
        {
            if (isReadable)
                notes.Add("consent denied: no hashed identifier is sent");
            identifiers = [];
        }

        var (click, clickFault) = ChooseClick(payload, job, notes);
        if (click is null && clickFault is not null)
            return (null, UploadOutcome.Unsendable("INVALID_CLICK_ID", clickFault));
        var at = payload.Time("conversion_time") ?? job.ConversionTime;
        if (job.TimeShift > 0)
        {
            at = at.AddSeconds(job.TimeShift);
            notes.Add($"sent as {job.TimeShift} s later than sold: another sale of the click has that second");
        }

        var conversion = new Conversion
        {
            Id = job.Id,
            OrderId = orderId ?? job.SaleId.ToString(),
            OrderIdIsSaleId = orderId is null || orderId == job.SaleId.ToString(),
            MayHaveBeenSent = job.ClaimCount > 1 || OtherSenderMayHaveIt(at),
            Click = click,
            Time = at,
            Value = value,
            Consent = consent,
            UserIdentifiers = identifiers,
        };
        return (conversion, FindTimeFault(at));
    }

    private static UploadOutcome Invalid(string reason) =>
        UploadOutcome.Unsendable(InvalidPayload, $"{reason}; correct the row's payload and re-queue it.");

    private static IReadOnlyList<UserIdentifier> ReadIdentifiers(ConversionJob job, PayloadOverrides payload, ReadingNotes notes)
    {
        var reader = new UserIdentifierReader();
        if (job.UserIdentifiers is { } column)
        {
            using var document = JsonDocument.Parse(column);
            reader.Add(document.RootElement);
        }

        payload.AddIdentifiers(reader);
        foreach (var fault in reader.Faults)
            notes.Add($"an identifier is {fault}, not {IdentifierHash.Wanted}: it is not sent");
        return reader.Found;
    }

    // Exactly one identifier is sent; Google forbids gbraid with wbraid, and peers prefer them in this order.
    private static (ClickId? Click, string? Fault) ChooseClick(PayloadOverrides payload, ConversionJob job, ReadingNotes notes)
    {
        string? fault = null;
        foreach (var kind in Kinds)
        {
            var (name, column) = kind switch
            {
                ClickIdKind.Gclid => ("gclid", job.Gclid),
                ClickIdKind.Gbraid => ("gbraid", job.Gbraid),
                _ => ("wbraid", job.Wbraid),
            };
            foreach (var text in (ReadOnlySpan<string?>)[payload.ClickId(name), column])
            {
                if (string.IsNullOrEmpty(text))
                    continue;
                var reading = ClickIdReader.Read(kind, text);
                fault ??= reading.Fault;
                if (reading.Id is null)
                {
                    notes.Add(reading.Fault ?? $"{name}: what stands there means \"none\"");
                    continue;
                }

                if (reading.Change is not null)
                    notes.Add($"{name}: {reading.Change}");
                return (reading.Id, null);
            }
        }

        return (null, fault);
    }
}

/// <summary>A row as the worker reads it.</summary>
/// <param name="Conversion">Null when none can be made of the row.</param>
/// <param name="Fault">Why it cannot be sent now: it fails, or waits until its time has come. Null when it can.</param>
/// <param name="Notes">What was changed or left out, in words without the values; mostly none.</param>
internal readonly record struct ConversionReading(Conversion? Conversion, UploadOutcome? Fault, IReadOnlyList<string> Notes);

/// <summary>Nearly every row needs none: the list is made for the first.</summary>
internal sealed class ReadingNotes
{
    private List<string>? _notes;

    public IReadOnlyList<string> All => _notes ?? (IReadOnlyList<string>)[];

    public void Add(string note) => (_notes ??= []).Add(note);
}

/// <summary>
/// Reads the payload's overrides. A missing, null or empty one is none; one of the wrong type is a
/// <see cref="FormatException"/> that names it: guessing would send a wrong value.
/// </summary>
internal readonly struct PayloadOverrides
{
    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint
        | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

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

    /// <summary>
    /// A text, or a whole number (4711.0 is 4711). A word that stands for none is none: every sale would have the same order id, and Google
    /// would count the first.
    /// </summary>
    public string? OrderId()
    {
        var text = Find(_root, "order_id") is { ValueKind: JsonValueKind.Number } number
            ? number.TryGetDecimal(out var value) && decimal.Truncate(value) == value
                ? value.ToString("F0", CultureInfo.InvariantCulture)
                : throw new FormatException("payload.order_id is not a whole number")
            : Text("order_id")?.Trim(' ', '\t', '\r', '\n', '\uFEFF', '\u200B');
        return string.IsNullOrEmpty(text) || Placeholders.Contains(text) ? null : text;
    }

    /// <summary>A whole number, also written as 12345.0 or "12345".</summary>
    public long? Integer(string name)
    {
        if (Find(_root, name) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetString()))
            return null;
        decimal? number = value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetDecimal(out var plain) ? plain : null,
            JsonValueKind.String => decimal.TryParse(value.GetString(), Plain, CultureInfo.InvariantCulture, out var written) ? written : null,
            _ => null,
        };
        return number is >= long.MinValue and <= long.MaxValue && decimal.Truncate(number.Value) == number
            ? (long)number
            : throw new FormatException($"payload.{name} is not a whole number");
    }

    public DateTimeOffset? Time(string name)
    {
        if (Find(_root, name) is not { } value || value is { ValueKind: JsonValueKind.String } && value.GetString() is { Length: 0 })
            return null;
        var time = value.ValueKind == JsonValueKind.Number
            ? value.TryGetDecimal(out var number) && decimal.Truncate(number) == number && number is > 0 and <= long.MaxValue
                ? ConversionTime.FromUnix((long)number)
                : null
            : ConversionTime.Read(Text(name)!);
        // Without a zone the moment is unknown.
        return time ?? throw new FormatException(
            $"payload.{name} is not a time with a zone, such as 2026-11-23T10:00:00Z, or Unix seconds or milliseconds");
    }

    public Consent? Consent(out bool isReadable)
    {
        isReadable = true;
        return Find(_root, "consent") is { } consent ? Conversions.Consent.Read(consent, out isReadable) : null;
    }

    public void AddIdentifiers(UserIdentifierReader reader)
    {
        reader.Add(_root);
        if (Find(_root, "user_identifiers") is { } identifiers)
            reader.Add(identifiers);
    }

    private JsonElement? Object(string name)
    {
        if (Find(_root, name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Object
            ? value
            : throw new FormatException($"payload.{name} is not an object");
    }

    private static string? Text(JsonElement parent, string name, string path)
    {
        if (Find(parent, name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.String)
            throw new FormatException($"payload.{path} is not a text");
        return value.GetString() is { Length: > 0 } text ? text : null;
    }

    private static JsonElement? Find(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
