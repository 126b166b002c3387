namespace OpsMantik.Local.GoogleEmulator;

/// <summary>One conversion the emulator counted, as it was sent.</summary>
/// <param name="CustomerId">The account of the path, ten digits.</param>
/// <param name="ConversionAction">Resource name, <c>customers/…/conversionActions/…</c>.</param>
/// <param name="OrderId">Null when the row had none.</param>
/// <param name="ClickIdKind"><c>gclid</c>, <c>gbraid</c> or <c>wbraid</c>.</param>
/// <param name="ClickIdValue">The click id itself.</param>
/// <param name="ConversionDateTime">As sent, with its offset.</param>
/// <param name="Value">In units of the currency, with the digits that were sent.</param>
/// <param name="Currency">ISO 4217; null when the row had none.</param>
/// <param name="Consent">Null when the row had none.</param>
public sealed record AcceptedConversion(
    string CustomerId,
    string ConversionAction,
    string? OrderId,
    string ClickIdKind,
    string ClickIdValue,
    string ConversionDateTime,
    decimal? Value,
    string? Currency,
    SentConsent? Consent);
