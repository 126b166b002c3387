using System.Text;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Core.Providers.GoogleAds;
using static OpsMantik.Functions.Tests.Providers.DataManager.DataManagerAnswers;

namespace OpsMantik.Functions.Tests.Providers.DataManager;

/// <summary>What a refusal says, and what it means for all rows of its request.</summary>
public class RefusalReadingTests
{
    private const string RequestInfo = """{"requestId":"detail-id"}""";

    [Test]
    public void The_reason_names_a_refusal_before_a_violation_and_a_violation_before_the_status()
    {
        var violation = Violations(("events.events[0].currency", "INVALID_CURRENCY_CODE"));

        Assert.Multiple(() =>
        {
            Assert.That(Read(Refused(400, "INVALID_ARGUMENT", "INVALID_FORMAT", details: violation)).Name, Is.EqualTo("INVALID_FORMAT"));
            Assert.That(Read(Refused(400, "INVALID_ARGUMENT", null, details: violation)).Name, Is.EqualTo("INVALID_CURRENCY_CODE"));
            Assert.That(
                Read(Refused(400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", details: violation)).Name,
                Is.EqualTo("INVALID_CURRENCY_CODE"));
            Assert.That(Read(Refused(400, "INVALID_ARGUMENT")).Name, Is.EqualTo("INVALID_ARGUMENT"));
            Assert.That(Read("<html>").Name, Is.EqualTo("HTTP_400"));
            Assert.That(Read("<html>").IsGoogles, Is.False);
        });
    }

    [Test]
    public void A_violation_without_a_reason_has_the_refusals()
    {
        const string bare = """{"fieldViolations":[{"field":"events.events[2]","description":"Bad."}]}""";

        Assert.Multiple(() =>
        {
            Assert.That(Read(Refused(400, "INVALID_ARGUMENT", "INVALID_EVENT", details: bare)).Violations.Single().Name, Is.EqualTo("INVALID_EVENT"));
            Assert.That(Read($$$"""{"error":{"details":[{{{bare}}}]}}""").Violations.Single().Name, Is.EqualTo("INVALID_ARGUMENT"));
            Assert.That(
                Read(Refused(400, "INVALID_ARGUMENT", "INVALID_EVENT", details: Violations(("events.events[2]", "INVALID_FORMAT")))).Violations.Single().Name,
                Is.EqualTo("INVALID_FORMAT"));
        });
    }

    [Test]
    public void The_request_id_of_a_detail_comes_before_the_headers()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Read(Refused(400, "X", "INVALID_FORMAT", details: RequestInfo), requestId: "header-id").RequestId, Is.EqualTo("detail-id"));
            Assert.That(Read(Refused(400, "X", "INVALID_FORMAT"), requestId: "header-id").RequestId, Is.EqualTo("header-id"));
        });
    }

    [Test]
    public void The_longest_wait_of_the_details_comes_before_the_headers()
    {
        var minute = TimeSpan.FromMinutes(1);

        Assert.Multiple(() =>
        {
            Assert.That(Read(Refused(429, "X", null, "m", RetryInfo("5s"), RetryInfo("7s")), retryAfter: minute).RetryDelay, Is.EqualTo(TimeSpan.FromSeconds(7)));
            Assert.That(Read(Refused(429, "X"), retryAfter: minute).RetryDelay, Is.EqualTo(minute));
        });
    }

    [Test]
    public void A_quota_of_the_day_is_found_in_any_detail() => Assert.That(
        Read(QuotaGone("IngestPerDayPerProject", "1/d/{project}", RetryInfo("5s"))).IsOfDay);

    [Test]
    public void An_outcome_quotes_google_or_names_the_reason()
    {
        Assert.Multiple(() =>
        {
            Assert.That(RowOutcomes.For(ErrorClass.Permanent, "INVALID_EVENT", "").Message, Is.EqualTo("Google answered INVALID_EVENT."));
            Assert.That(RowOutcomes.For(ErrorClass.Permanent, "INVALID_EVENT", "Bad event.").Message, Is.EqualTo("Bad event."));
        });
    }

    [Test]
    public void Of_refused_credentials_only_a_missing_scope_has_a_remedy()
    {
        Assert.Multiple(() =>
        {
            Assert.That(RowOutcomes.For(ErrorClass.Auth, "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "No.").Message, Does.Contain("renew it with").And.EndsWith("Google said: No."));
            Assert.That(RowOutcomes.For(ErrorClass.Auth, "UNAUTHENTICATED", "No.").Message, Is.EqualTo("No."));
        });
    }

    [TestCase("INVALID_CONVERSION_ACTION_ID", "conversion_action_id")]
    [TestCase("INVALID_CONVERSION_ACTION_TYPE", "conversion_action_id")]
    [TestCase("INVALID_DESTINATION", "customer_id")]
    [TestCase("OPERATING_ACCOUNT_MISMATCH_FOR_AD_IDENTIFIER", "customer_id")]
    [TestCase("INVALID_OPERATING_ACCOUNT_FOR_CLICK", "customer_id")]
    [TestCase("NOT_FOUND", "customer_id")]
    [TestCase("ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID", "MANY_PER_CLICK")]
    [TestCase("EXTERNAL_ATTRIBUTION_DATA_MISSING", "not externally attributed")]
    [TestCase("TERMS_AND_CONDITIONS_NOT_SIGNED", "customer data terms")]
    [TestCase("DESTINATION_ACCOUNT_ENHANCED_CONVERSIONS_TERMS_NOT_SIGNED", "customer data terms")]
    [TestCase("DESTINATION_ACCOUNT_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS", "customer data terms")]
    [TestCase("DESTINATION_ACCOUNT_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS", "customer data terms")]
    [TestCase("SERVICE_DISABLED", "Enable the Data Manager API")]
    [TestCase("BILLING_DISABLED", "set up wrongly")]
    public void A_parked_row_says_what_to_set(string name, string remedy)
    {
        var text = RowOutcomes.For(ErrorClass.Configuration, name, "").Message;

        Assert.Multiple(() =>
        {
            Assert.That(text, Does.Contain(remedy).And.Not.Contain("Google said"));
            Assert.That(RowOutcomes.For(ErrorClass.Configuration, name, "No.").Message, Is.EqualTo($"{text} Google said: No."));
            Assert.That(RowOutcomes.For(ErrorClass.Configuration, name, new string('x', 500)).Message, Has.Length.EqualTo(500));
        });
    }

    [TestCase(500, "INTERNAL", "HTTP_500", ErrorCategory.Transient)]
    [TestCase(503, "UNAVAILABLE", "HTTP_503", ErrorCategory.Transient)]
    [TestCase(408, "DEADLINE_EXCEEDED", "HTTP_408", ErrorCategory.Transient)]
    [TestCase(401, "BRAND_NEW", "BRAND_NEW", ErrorCategory.Auth)]
    [TestCase(401, "SERVICE_DISABLED", "SERVICE_DISABLED", ErrorCategory.Configuration)]
    [TestCase(403, "BRAND_NEW", "BRAND_NEW", ErrorCategory.Auth)]
    [TestCase(403, "INVALID_FORMAT", "INVALID_FORMAT", ErrorCategory.Auth)]
    [TestCase(403, "SERVICE_DISABLED", "SERVICE_DISABLED", ErrorCategory.Configuration)]
    [TestCase(404, "BRAND_NEW", "BRAND_NEW", ErrorCategory.Configuration)]
    [TestCase(404, "NOT_FOUND", "NOT_FOUND", ErrorCategory.Configuration)]
    [TestCase(404, "UNAUTHENTICATED", "UNAUTHENTICATED", ErrorCategory.Auth)]
    [TestCase(409, "BRAND_NEW", "BRAND_NEW", ErrorCategory.Transient)]
    public void A_refusal_of_a_whole_request_has_one_meaning(int status, string reason, string code, ErrorCategory category)
    {
        var outcome = RequestOutcome.For(Read(Refused(status, "X", reason), status));

        Assert.Multiple(() =>
        {
            Assert.That(outcome!.Code, Is.EqualTo(code));
            Assert.That(outcome.Category, Is.EqualTo(category));
        });
    }

    [Test]
    public void A_server_error_quotes_google_or_names_the_status()
    {
        Assert.Multiple(() =>
        {
            Assert.That(RequestOutcome.For(Read("", 502))!.Message, Is.EqualTo("Google answered HTTP 502."));
            Assert.That(RequestOutcome.For(Read(Refused(502, "X", null, "Backend away."), 502))!.Message, Is.EqualTo("Backend away."));
        });
    }

    private static ApiRefusal Read(string body, int status = 400, string? requestId = null, TimeSpan? retryAfter = null) =>
        ApiRefusal.Read(new GoogleAnswer(status, Encoding.UTF8.GetBytes(body), requestId, retryAfter), new SecretScrubber());
}
