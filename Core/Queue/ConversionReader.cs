using System.Text.Json;
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
