using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.GoogleAds;

namespace OpsMantik.Functions.Tests.Providers.GoogleAds;

public class ErrorTableTests
{
    private static IEnumerable<TestCaseData> Listed() =>
        ErrorTable.All.OrderBy(entry => entry.Key).Select(entry => new TestCaseData(entry.Key, entry.Value));

    [TestCaseSource(nameof(Listed))]
    public void Every_listed_error_becomes_the_outcome_of_its_class(string name, object errorClass)
    {
        var outcome = OutcomeOf(name);
        var sixHours = TimeSpan.FromHours(6);
        var minutes = TimeSpan.FromMinutes(5);
        var (kind, category, spends, wait) = (ErrorClass)errorClass switch
        {
            ErrorClass.AlreadyCounted => (OutcomeKind.Completed, default(ErrorCategory?), false, default(TimeSpan?)),
            ErrorClass.OrderIdTaken => (OutcomeKind.Completed, null, false, null),
            ErrorClass.Permanent =>
                (OutcomeKind.Failed, ErrorCategory.Validation, true, null),
            ErrorClass.Auth => (OutcomeKind.Failed, ErrorCategory.Auth, true, null),
            ErrorClass.Configuration => (OutcomeKind.Retry, ErrorCategory.Configuration, false, sixHours),
            ErrorClass.WaitForEvent => (OutcomeKind.Retry, ErrorCategory.Transient, false, sixHours),
            ErrorClass.RateLimit => (OutcomeKind.Retry, ErrorCategory.RateLimit, true, null),
            ErrorClass.Transient => (OutcomeKind.Retry, ErrorCategory.Transient, true, null),
            _ => (OutcomeKind.Retry, ErrorCategory.Transient, false, minutes),
        };

        Assert.That(outcome.Code, Is.EqualTo(name));
        Assert.That(outcome.Kind, Is.EqualTo(kind));
        Assert.That(outcome.Category, Is.EqualTo(category));
        Assert.That(outcome.SpendsAttempt, Is.EqualTo(spends));
        Assert.That(outcome.RetryAfter, Is.EqualTo(wait));
    }

    /// <summary>ConversionUploadError of v25 whole: a name missing here would be retried for nothing.</summary>
    [TestCase("TOO_MANY_CONVERSIONS_IN_REQUEST UNSPECIFIED UNKNOWN", nameof(ErrorClass.Transient))]
    [TestCase("TOO_RECENT_CONVERSION_ACTION TOO_RECENT_EVENT", nameof(ErrorClass.WaitForEvent))]
    [TestCase("DUPLICATE_ORDER_ID DUPLICATE_CLICK_CONVERSION_IN_REQUEST", nameof(ErrorClass.DuplicateInRequest))]
    [TestCase("CLICK_CONVERSION_ALREADY_EXISTS", nameof(ErrorClass.AlreadyCounted))]
    [TestCase("ORDER_ID_ALREADY_IN_USE", nameof(ErrorClass.OrderIdTaken))]
    [TestCase(
        "UNPARSEABLE_GCLID UNPARSEABLE_WBRAID UNPARSEABLE_GBRAID CONVERSION_TRACKING_NOT_ENABLED_AT_IMPRESSION_TIME"
        + " CUSTOM_VARIABLE_VALUE_CONTAINS_PII CONVERSION_NOT_COMPLIANT_WITH_ATT_POLICY CLICK_NOT_FOUND"
        + " INVALID_USER_IDENTIFIER UNSUPPORTED_USER_IDENTIFIER GBRAID_WBRAID_BOTH_SET CONVERSION_PRECEDES_EVENT"
        + " EXPIRED_EVENT EVENT_NOT_FOUND ORDER_ID_CONTAINS_PII TOO_RECENT_CALL EXPIRED_CALL CALL_NOT_FOUND"
        + " CONVERSION_PRECEDES_CALL CONVERSION_TRACKING_NOT_ENABLED_AT_CALL_TIME UNPARSEABLE_CALLERS_PHONE_NUMBER"
        + " CALL_CONVERSION_ALREADY_EXISTS DUPLICATE_CALL_CONVERSION_IN_REQUEST INVALID_CUSTOMER_FOR_CALL",
        nameof(ErrorClass.Permanent))]
    [TestCase(
        "UNAUTHORIZED_CUSTOMER CUSTOM_VARIABLE_NOT_ENABLED INVALID_CUSTOMER_FOR_CLICK INVALID_JOB_ID"
        + " EXTERNAL_ATTRIBUTION_DATA_SET_FOR_NON_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION"
        + " EXTERNAL_ATTRIBUTION_DATA_NOT_SET_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION"
        + " ORDER_ID_NOT_PERMITTED_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION"
        + " EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION_NOT_PERMITTED_WITH_USER_IDENTIFIER"
        + " ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID NO_CONVERSION_ACTION_FOUND"
        + " CUSTOMER_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS"
        + " CUSTOMER_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS INVALID_CONVERSION_ACTION_TYPE",
        nameof(ErrorClass.Configuration))]
    public void Every_conversion_upload_error_has_its_class(string names, string errorClass)
    {
        foreach (var name in names.Split(' '))
        {
            Assert.That(ErrorTable.Find("conversionUploadError", name)?.ToString(), Is.EqualTo(errorClass), name);
        }
    }

    [TestCase("authenticationError", "OAUTH_TOKEN_REVOKED", OutcomeKind.Failed, ErrorCategory.Auth)]
    [TestCase("authorizationError", "USER_PERMISSION_DENIED", OutcomeKind.Failed, ErrorCategory.Auth)]
    [TestCase("quotaError", "RESOURCE_TEMPORARILY_EXHAUSTED", OutcomeKind.Retry, ErrorCategory.RateLimit)]
    [TestCase("databaseError", "CONCURRENT_MODIFICATION", OutcomeKind.Retry, ErrorCategory.Transient)]
    [TestCase("internalError", "INTERNAL_ERROR", OutcomeKind.Retry, ErrorCategory.Transient)]
    [TestCase("headerError", "INVALID_LOGIN_CUSTOMER_ID", OutcomeKind.Retry, ErrorCategory.Configuration)]
    [TestCase("fieldError", "REQUIRED", OutcomeKind.Failed, ErrorCategory.Validation)]
    [TestCase("authenticationError", "UNKNOWN", OutcomeKind.Retry, ErrorCategory.Transient)]
    [TestCase("someNewError", "SOMETHING_NEW", OutcomeKind.Retry, ErrorCategory.Transient)]
    public void Generic_errors_follow_their_family(string family, string name, OutcomeKind kind, ErrorCategory category)
    {
        var outcome = ErrorTable.ToOutcome(new ReportedError(family, name, "", 0, null), TestConversions.New());

        Assert.That(outcome.Code, Is.EqualTo(name));
        Assert.That(outcome.Kind, Is.EqualTo(kind));
        Assert.That(outcome.Category, Is.EqualTo(category));
        Assert.That(outcome.Message, Is.Not.Empty);
    }

    [TestCase(true, false, OutcomeKind.Completed)]
    [TestCase(false, true, OutcomeKind.Completed)]
    [TestCase(false, false, OutcomeKind.Failed)]
    public void A_taken_order_id_is_a_success_only_if_we_can_have_taken_it(bool saleId, bool sent, OutcomeKind kind)
    {
        var conversion = TestConversions.New() with { OrderIdIsSaleId = saleId, MayHaveBeenSent = sent };

        var outcome = ErrorTable.ToOutcome(
            new ReportedError("conversionUploadError", "ORDER_ID_ALREADY_IN_USE", "", 0, null), conversion);

        Assert.That(outcome.Kind, Is.EqualTo(kind));
        Assert.That(outcome.Code, Is.EqualTo("ORDER_ID_ALREADY_IN_USE"));
    }

    [TestCase("30s", 30_000)]
    [TestCase("1.500s", 1_500)]
    [TestCase("99999999999999s", 86_400_000)]
    public void A_delay_is_read_and_bounded(string text, double milliseconds) =>
        Assert.That(ProviderDelay.Parse(text), Is.EqualTo(TimeSpan.FromMilliseconds(milliseconds)));

    [TestCase("")]
    [TestCase("s")]
    [TestCase("-5s")]
    [TestCase("0s")]
    [TestCase("soon")]
    [TestCase(null)]
    public void Something_else_is_no_delay(string? text) => Assert.That(ProviderDelay.Parse(text), Is.Null);

    private static UploadOutcome OutcomeOf(string name) =>
        ErrorTable.ToOutcome(new ReportedError("conversionUploadError", name, "Text.", 0, null), TestConversions.New() with { MayHaveBeenSent = true });
}
