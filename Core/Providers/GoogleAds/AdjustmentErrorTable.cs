using System.Collections.Frozen;
using static OpsMantik.Core.Providers.ErrorClass;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>
/// ConversionAdjustmentUploadError (v25) by what it means for a correction. Names come from
/// errors/conversion_adjustment_upload_error.proto; the classes are our reading of the comments there.
/// </summary>
internal static class AdjustmentErrorTable
{
    public const string DefaultValue = "CANNOT_RESTATE_CONVERSION_ACTION_THAT_ALWAYS_USES_DEFAULT_CONVERSION_VALUE";

    private const string Family = "conversionAdjustmentUploadError";
    private const string NotFound = "CONVERSION_NOT_FOUND";
    private const string TooRecent = "TOO_RECENT_CONVERSION";
    private const string LaterStands = "MORE_RECENT_RESTATEMENT_FOUND";
    private const string SameSecond = "RESTATEMENT_ALREADY_EXISTS";
    private const string TooManyInRequest = "TOO_MANY_ADJUSTMENTS_IN_REQUEST";

    private static readonly FrozenDictionary<string, ErrorClass> ByName = new (ErrorClass Class, string[] Names)[]
    {
        (AlreadyCounted, ["CONVERSION_ALREADY_RETRACTED", LaterStands, SameSecond]),
        (WaitForEvent, ["TOO_RECENT_CONVERSION_ACTION", TooRecent, NotFound]),
        (DuplicateInRequest, ["DUPLICATE_ADJUSTMENT_IN_REQUEST"]),
        (Transient, ["UNSPECIFIED", "UNKNOWN", TooManyInRequest]),
        (Permanent,
        [
            CorrectionCodes.Expired, "ADJUSTMENT_PRECEDES_CONVERSION", "TOO_MANY_ADJUSTMENTS", "ORDER_ID_CONTAINS_PII",
            "GCLID_DATE_TIME_PAIR_AND_ORDER_ID_BOTH_SET", "INVALID_JOB_ID",
            // Enhancements, which we never send.
            "CONVERSION_ACTION_NOT_ELIGIBLE_FOR_ENHANCEMENT", "INVALID_USER_IDENTIFIER", "UNSUPPORTED_USER_IDENTIFIER",
            "CONVERSION_ALREADY_ENHANCED", "DUPLICATE_ENHANCEMENT_IN_REQUEST",
            "CUSTOMER_DATA_POLICY_PROHIBITS_ENHANCEMENT", "MISSING_ORDER_ID_FOR_WEBPAGE",
        ]),
        (Configuration,
        [
            DefaultValue, "NO_CONVERSION_ACTION_FOUND", "INVALID_CONVERSION_ACTION_TYPE",
            "CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS",
        ]),
    }
    .SelectMany(group => group.Names, (group, name) => (group.Class, name))
    .ToFrozenDictionary(entry => entry.name, entry => entry.Class, StringComparer.Ordinal);

    /// <summary>How long Google may need to know an upload before "not found" is believed.</summary>
    private static readonly TimeSpan NotFoundPatience = TimeSpan.FromDays(1);

    private static readonly TimeSpan TooRecentAge = TimeSpan.FromHours(24);

    /// <summary>Every listed name, for tests and documents.</summary>
    public static IReadOnlyDictionary<string, ErrorClass> All => ByName;

    /// <summary>Null for an error of another enum, and for a name that Google has added since.</summary>
    public static ErrorClass? Find(string family, string name) =>
        family == Family && ByName.TryGetValue(name, out var listed) ? listed : null;

    /// <summary>The request was too large as a whole: in parts it may pass.</summary>
    public static bool AsksForParts(UploadOutcome outcome) =>
        outcome is { Kind: OutcomeKind.Retry, Code: TooManyInRequest or "REQUEST_TOO_LARGE" };

    /// <summary>What the error makes of the correction.</summary>
    public static UploadOutcome ToOutcome(ReportedError error, Correction correction, DateTimeOffset now) => error switch
    {
        { Family: Family, Name: NotFound } => OfNotFound(error, correction, now),
        { Family: Family, Name: TooRecent } => UploadOutcome.Postponed(
            error.Name, ErrorCategory.Transient, ErrorTable.Describe(error), WaitUntilOldEnough(correction, now)),
        { Family: Family, Class: AlreadyCounted } when IsDone(error.Name, correction) => UploadOutcome.Completed(error.Name),
        // Google keeps something else than this correction; nobody must take it for done.
        { Class: AlreadyCounted or OrderIdTaken } => UploadOutcome.Failed(
            CorrectionCodes.NotTaken,
            ErrorCategory.Validation,
            SecretScrubber.Truncate($"Google answered {error.Name} and did not take the correction. {error.Message}".TrimEnd())),
        _ => ErrorTable.ToOutcome(error, correction.Conversion),
    };

    /// <summary>
    /// A later restatement makes an older one needless, and never a retraction: the sale would stay counted. One of the same second is
    /// ours only if we can have sent it.
    /// </summary>
    private static bool IsDone(string name, Correction correction) => name switch
    {
        LaterStands => correction.Kind == CorrectionKind.Restate,
        SameSecond => correction.Kind == CorrectionKind.Restate && correction.MayHaveBeenSent,
        _ => true,
    };

    /// <summary>
    /// Google may not have processed the upload: asked again for a day. The first answer never fails the correction, however long it
    /// waited for its turn.
    /// </summary>
    private static UploadOutcome OfNotFound(ReportedError error, Correction correction, DateTimeOffset now)
    {
        var left = correction.CorrectedAt + NotFoundPatience - now;
        if (correction.MayHaveBeenSent && left <= TimeSpan.Zero)
        {
            return UploadOutcome.Failed(error.Name, ErrorCategory.Validation, ErrorTable.Describe(error));
        }

        var wait = left > TimeSpan.Zero && left < OutcomeWaits.TooRecent ? left : OutcomeWaits.TooRecent;
        return UploadOutcome.Postponed(error.Name, ErrorCategory.Transient, ErrorTable.Describe(error), wait);
    }

    private static TimeSpan WaitUntilOldEnough(Correction correction, DateTimeOffset now)
    {
        var left = correction.Conversion.Time + TooRecentAge - now;
        return left > TimeSpan.Zero ? left : OutcomeWaits.TooRecent;
    }
}
