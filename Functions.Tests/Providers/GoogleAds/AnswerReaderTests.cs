using System.Text;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.GoogleAds;

namespace OpsMantik.Functions.Tests.Providers.GoogleAds;

public class AnswerReaderTests
{
    [Test]
    public void The_headers_request_id_comes_before_the_failures()
    {
        var body = Answers.Partial([true], []);

        Assert.Multiple(() =>
        {
            Assert.That(Read(1, 200, body, requestId: "header-id").Single().RequestId, Is.EqualTo("header-id"));
            Assert.That(Read(1, 200, body).Single().RequestId, Is.EqualTo("failure-request-id"));
        });
    }

    [Test]
    public void The_longest_of_Googles_names_are_read_whole()
    {
        var names = ErrorTable.All.Keys.Where(name => name.Length > 64).ToList();

        Assert.That(names, Has.Count.EqualTo(4));
        Assert.That(
            names.Select(name => Read(1, 200, Answers.Partial([false], Answers.Upload(name, 0))).Single().Code), Is.EqualTo(names));
    }

    [Test]
    public void Rows_of_one_outcome_share_it()
    {
        var outcomes = Read(3, 200, Answers.AllTaken(3));

        Assert.That(outcomes.Skip(1), Is.All.SameAs(outcomes[0]));
    }

    [Test]
    public void An_index_behind_the_last_row_is_of_no_row()
    {
        var outcomes = Read(2, 200, Answers.Partial([true, true], Answers.Upload("UNPARSEABLE_GCLID", 2)));

        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Completed));
        Assert.That(
            Read(2, 400, Answers.Refused(400, "INVALID_ARGUMENT", Answers.Upload("UNPARSEABLE_GCLID", 2))).Select(outcome => outcome.Kind),
            Is.All.EqualTo(OutcomeKind.Retry), "nobody knows which row it was, so none fails for it");
        Assert.That(
            Read(2, 200, Answers.Partial([true, false], Answers.Upload("UNPARSEABLE_GCLID", 2))).Select(outcome => outcome.Kind),
            Is.EqualTo(new[] { OutcomeKind.Completed, OutcomeKind.Retry }), "a row without a result of its own is sent again");
    }

    [Test]
    public void A_validated_sample_is_fine_unless_an_error_names_it()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Validate(200, "{}").Kind, Is.EqualTo(OutcomeKind.Completed));
            Assert.That(Validate(200, "{}").RequestId, Is.EqualTo("header-id"));
            Assert.That(Validate(200, Answers.Partial([false], Answers.Upload("UNPARSEABLE_GCLID", 0))).Code, Is.EqualTo("UNPARSEABLE_GCLID"));
            Assert.That(Validate(403, "{}").Category, Is.EqualTo(ErrorCategory.Auth));
            Assert.That(Validate(200, "<html>").Code, Is.EqualTo("INVALID_RESPONSE"));
        });
    }

    [TestCase(500, "HTTP_500")]
    [TestCase(503, "HTTP_503")]
    [TestCase(408, "HTTP_408")]
    public void A_server_error_is_tried_again_under_its_status(int status, string code)
    {
        var outcome = Read(1, status, Answers.Refused(status, "INTERNAL")).Single();

        Assert.Multiple(() =>
        {
            Assert.That((outcome.Kind, outcome.Code), Is.EqualTo((OutcomeKind.Retry, code)));
            Assert.That(outcome.Message, Is.EqualTo("Request was refused."));
        });
    }

    [Test]
    public void A_server_error_without_a_text_names_googles_status() => Assert.That(
        Read(1, 500, """{"error":{"status":"INTERNAL"}}""").Single().Message,
        Is.EqualTo("Google answered HTTP 500 (INTERNAL)."));

    [Test]
    public void Googles_status_names_a_server_error_before_one_of_its_errors() => Assert.That(
        Read(1, 500, """{"error":{"status":"INTERNAL","details":[{"errors":[{"errorCode":{"internalError":"TRANSIENT_ERROR"}}]}]}}""")
            .Single().Message,
        Is.EqualTo("Google answered HTTP 500 (INTERNAL)."));

    [Test]
    public void The_most_severe_error_of_a_refused_request_is_every_rows()
    {
        var body = Answers.Refused(403, "PERMISSION_DENIED",
            Answers.Error("internalError", "TRANSIENT_ERROR"), Answers.Error("authorizationError", "USER_PERMISSION_DENIED"));

        Assert.That(Read(2, 403, body).Select(outcome => outcome.Code), Is.All.EqualTo("USER_PERMISSION_DENIED"));
    }

    [TestCase("CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE", "data_manager")]
    [TestCase("UNSUPPORTED_VERSION", "GoogleAds__ApiVersion")]
    [TestCase("NO_CONVERSION_ACTION_FOUND", "UPLOAD_CLICKS")]
    [TestCase("INVALID_CONVERSION_ACTION_TYPE", "UPLOAD_CLICKS")]
    [TestCase("ONE_PER_CLICK_CONVERSION_ACTION_NOT_PERMITTED_WITH_BRAID", "MANY_PER_CLICK")]
    [TestCase("UNAUTHORIZED_CUSTOMER", "Check customer_id")]
    [TestCase("INVALID_CUSTOMER_FOR_CLICK", "Check customer_id")]
    [TestCase("INVALID_LOGIN_CUSTOMER_ID", "Check login_customer_id")]
    [TestCase("INVALID_LINKED_CUSTOMER_ID", "Check login_customer_id")]
    [TestCase("CUSTOMER_NOT_ACCEPTED_CUSTOMER_DATA_TERMS", "customer data terms")]
    [TestCase("CUSTOMER_DATA_POLICY_PROHIBITS_ENHANCED_CONVERSIONS", "customer data terms")]
    [TestCase("CUSTOMER_NOT_ENABLED_ENHANCED_CONVERSIONS_FOR_LEADS", "customer data terms")]
    [TestCase("EXTERNAL_ATTRIBUTION_DATA_SET_FOR_NON_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION", "not externally attributed")]
    [TestCase("EXTERNAL_ATTRIBUTION_DATA_NOT_SET_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION", "not externally attributed")]
    [TestCase("ORDER_ID_NOT_PERMITTED_FOR_EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION", "not externally attributed")]
    [TestCase("EXTERNALLY_ATTRIBUTED_CONVERSION_ACTION_NOT_PERMITTED_WITH_USER_IDENTIFIER", "not externally attributed")]
    [TestCase("ACCESS_PROHIBITED", "access level")]
    [TestCase("CUSTOM_VARIABLE_NOT_ENABLED", "set up wrongly")]
    public void A_parked_row_says_what_to_set(string name, string remedy)
    {
        var text = ErrorTable.Parked(name, "").Message;

        Assert.Multiple(() =>
        {
            Assert.That(text, Does.Contain(remedy).And.Not.Contain("Google said"));
            Assert.That(ErrorTable.Parked(name, "No.").Message, Is.EqualTo($"{text} Google said: No."));
            Assert.That(ErrorTable.Parked(name, new string('x', 500)).Message, Has.Length.EqualTo(500));
        });
    }

    [Test]
    public void A_status_without_details_is_read() =>
        Assert.That(Failure("""{"error":{"message":"Down.","status":"UNAVAILABLE"}}""").Name, Is.EqualTo("UNAVAILABLE"));

    [Test]
    public void The_longest_wait_that_any_part_asks_for_counts()
    {
        var errorFirst = Answers.Refused(429, "X", Answers.Quota("RESOURCE_EXHAUSTED", "30s"), Answers.Quota("RESOURCE_EXHAUSTED", "5s"));
        var detailFirst = """{"error":{"details":[{"retryDelay":"7s"},{"errors":[{"details":{"quotaErrorDetails":{"retryDelay":"3s"}}}]}]}}""";

        Assert.Multiple(() =>
        {
            Assert.That(Failure(errorFirst).RetryDelay, Is.EqualTo(TimeSpan.FromSeconds(30)));
            Assert.That(Failure(detailFirst).RetryDelay, Is.EqualTo(TimeSpan.FromSeconds(7)));
        });
    }

    [TestCase("{}")]
    [TestCase("""{"errorCode":{}}""")]
    [TestCase("""{"errorCode":{"x":null},"location":{"fieldPathElements":[{"fieldName":"other","index":1}]}}""")]
    public void An_error_without_a_name_or_a_row_is_unknown_and_of_the_whole_request(string error)
    {
        var read = Failure($$$"""{"error":{"details":[{"errors":[{{{error}}}]}]}}""").Errors.Single();

        Assert.That((read.Name, read.Index), Is.EqualTo(("UNKNOWN", default(int?))));
    }

    private static IReadOnlyList<UploadOutcome> Read(int rows, int status, string body, string? requestId = null) =>
        Reader(rows).Read(Answer(status, body, requestId)).Outcomes;

    private static UploadOutcome Validate(int status, string body) => Reader(1).ReadValidation(Answer(status, body, "header-id"));

    private static GoogleAdsFailure Failure(string body) => Reader(1).Read(Answer(400, body, null)).Failure;

    private static AnswerReader Reader(int rows) => new(TestConversions.Many(rows), new SecretScrubber());

    private static GoogleAnswer Answer(int status, string body, string? requestId) =>
        new(status, Encoding.UTF8.GetBytes(body), requestId, null);
}
