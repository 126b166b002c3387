using OpsMantik.Core.Conversions;

namespace OpsMantik.Core.Providers.DataManager;

/// <summary>
/// Corrections as Data Manager knows them: the event of the conversion once more, with another value. There is no retraction; a
/// canceled sale gets the value 0 and stays counted, which its outcome says.
/// </summary>
internal static class EventCorrections
{
    /// <summary>The outcome of a correction that would be counted as a new conversion; null when it may be sent.</summary>
    public static UploadOutcome? FindFault(Correction correction) => correction.Conversion.OrderId.Length == 0
        ? UploadOutcome.Unsendable(
            CorrectionCodes.NotPossible,
            "Google finds a conversion only by the transaction id that it was sent with, and this one had none.")
        : null;

    /// <summary>The conversion as it was sent, but for its value.</summary>
    public static Conversion Restated(Correction correction)
    {
        var conversion = correction.Conversion;
        return conversion with
        {
            Value = correction is { Kind: CorrectionKind.Restate, NewValue: { } value }
                ? value
                : conversion.Value with { MinorUnits = 0 },
        };
    }

    /// <summary>The same outcome, and of a retraction that worked that the count stays.</summary>
    /// <param name="kind">Null for an upload.</param>
    /// <param name="outcome">The outcome of the event.</param>
    public static UploadOutcome OutcomeOf(CorrectionKind? kind, UploadOutcome outcome) => (kind, outcome.Kind) switch
    {
        (CorrectionKind.Retract, OutcomeKind.Submitted) =>
            UploadOutcome.Submitted(outcome.RequestId!, outcome.RequestIndex!.Value, CorrectionCodes.CountStays),
        (CorrectionKind.Retract, OutcomeKind.Completed) => UploadOutcome.Completed(CorrectionCodes.CountStays),
        _ => outcome,
    };

    /// <summary>Google says that it has the sale already; it gives no such answer to an event that changes a value.</summary>
    public static UploadOutcome NotTaken(string name) => UploadOutcome.Failed(
        CorrectionCodes.NotTaken,
        ErrorCategory.Validation,
        $"Google answered {name} and did not take the correction.");
}
