using System.Text;
using OpsMantik.Core;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Functions.Tests.Providers;
using OpsMantik.Functions.Tests.Providers.GoogleAds;

namespace OpsMantik.Functions.Tests.FieldReports;

/// <summary>Reports of how Google's answers were misread: each row gets what was said of it, and no more.</summary>
public class AnswerReportTests
{
    private const string WithoutIndex = """
        {"errorCode":{"conversionUploadError":"EXPIRED_EVENT"},"message":"Too old.",
        "location":{"fieldPathElements":[{"fieldName":"conversions"},{"fieldName":"gclid"}]}}
        """;

    private const string OfTheWholeList = """
        {"errorCode":{"conversionUploadError":"TOO_MANY_CONVERSIONS_IN_REQUEST"},"message":"Too many.",
        "location":{"fieldPathElements":[{"fieldName":"conversions"}]}}
        """;

    [TestCase("rudderlabs/rudder-transformer#5492")]
    [TestCase("googleads/google-ads-dotnet#473")]
    [TestCase("drt-hub/drt#1152")]
    public void Each_row_has_the_error_that_names_it_and_its_own_message(string report)
    {
        var outcomes = Read(4, 200, Answers.Partial(
            [true, false, true, false],
            Answers.Upload("EXPIRED_EVENT", 3, "Too old."), Answers.Upload("UNPARSEABLE_GCLID", 1, "Not decoded.")));

        Assert.That(
            outcomes.Select(outcome => $"{outcome.Kind} {outcome.Message}".Trim()),
            Is.EqualTo((string[])["Completed", "Failed Not decoded.", "Completed", "Failed Too old."]), report);
    }

    [TestCase("segmentio/action-destinations#4016")]
    public void An_index_that_was_left_out_is_the_first_row(string report)
    {
        Assert.That(
            Kinds(Read(3, 200, Answers.Partial([true, true, true], WithoutIndex))), Is.EqualTo("Failed Completed Completed"), report);
        Assert.That(
            Read(2, 400, Answers.Refused(400, "INVALID_ARGUMENT", WithoutIndex)).Select(outcome => outcome.Code),
            Is.EqualTo((string[])["EXPIRED_EVENT", "NOT_PROCESSED"]), report);
        Assert.That(
            Read(2, 400, Answers.Refused(400, "INVALID_ARGUMENT", OfTheWholeList)).Select(outcome => outcome.Code),
            Is.All.EqualTo("TOO_MANY_CONVERSIONS_IN_REQUEST"), "of all rows");
    }

    [TestCase("kLOsk/adloop#43")]
    public void A_row_that_google_repeats_beside_its_error_is_not_completed(string report) =>
        Assert.That(Kinds(Read(2, 200, Answers.Partial([true, true], Answers.Upload("CLICK_NOT_FOUND", 1)))), Is.EqualTo("Completed Failed"), report);

    [TestCase("kLOsk/adloop#43")]
    public void Nothing_says_that_google_matched_a_customer(string report) =>
        Assert.That(
            ErrorMeanings.All.Select(entry => $"{entry.Meaning} {entry.Action}"), Has.None.Contains("match").IgnoreCase, report);

    [TestCase("drt-hub/drt#1158", true, "ORDER_ID_ALREADY_IN_USE", "Completed ORDER_ID_ALREADY_IN_USE")]
    [TestCase("drt-hub/drt#1158", false, "ORDER_ID_ALREADY_IN_USE", "Failed ORDER_ID_ALREADY_IN_USE")]
    [TestCase("drt-hub/drt#1158", true, "DUPLICATE_ORDER_ID", "Retry DUPLICATE_ORDER_ID")]
    [TestCase("superdesigndev/treg#144", true, "CLICK_CONVERSION_ALREADY_EXISTS", "Completed CLICK_CONVERSION_ALREADY_EXISTS")]
    [TestCase("googleads/google-ads-python#627", false, "CLICK_CONVERSION_ALREADY_EXISTS", "Failed COUNTED_FOR_ANOTHER_SALE")]
    [TestCase("rudderlabs/rudder-transformer#2949", false, "UNPARSEABLE_GCLID", "Failed UNPARSEABLE_GCLID")]
    public void Already_there_counts_as_sent_only_where_we_may_have_sent_it(string report, bool sentBefore, string error, string expected)
    {
        var outcome = new AnswerReader([TestConversions.New() with { MayHaveBeenSent = sentBefore }], new SecretScrubber())
            .Read(new GoogleAnswer(200, Encoding.UTF8.GetBytes(Answers.Partial([false], Answers.Upload(error, 0))), null, null)).Outcomes.Single();

        Assert.That($"{outcome.Kind} {outcome.Code}", Is.EqualTo(expected), report);
    }

    [TestCase("drt-hub/drt#1153", "{\"results\":[{\"gclid\":\"a\"}]}")]
    [TestCase("drt-hub/drt#1153", "{\"partialFailureError\":{\"message\":\"Changed.\",\"details\":\"new form\"},\"results\":[{},{}]}")]
    public void An_answer_of_an_unknown_form_completes_nothing(string report, string body) =>
        Assert.That(Kinds(Read(2, 200, body)), Is.EqualTo("Retry Retry"), report);

    [TestCase("superdesigndev/treg#150", 403, "notAllowlistedError", "CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE", "data_manager")]
    [TestCase("googleads/google-ads-php#831", 400, "conversionUploadError", "INVALID_CONVERSION_ACTION_TYPE", "UPLOAD_CLICKS")]
    [TestCase("googleads/google-ads-php#591", 400, "headerError", "INVALID_LOGIN_CUSTOMER_ID", "login_customer_id")]
    [TestCase("Opteo/google-ads-api#247", 400, "requestError", "INVALID_CUSTOMER_ID", "customer_id")]
    [TestCase("PostHog/posthog#27712", 400, "conversionUploadError", "TOO_RECENT_CONVERSION_ACTION", "Google says no.")]
    public void A_refusal_that_a_setting_or_time_heals_keeps_the_rows(string report, int status, string family, string error, string told)
    {
        var outcome = Read(2, status, Answers.Refused(status, "INVALID_ARGUMENT", Answers.Error(family, error, status == 400 && family[0] == 'c' ? 0 : null)))[0];

        Assert.That($"{outcome.Kind} {outcome.SpendsAttempt} {outcome.Message}", Does.StartWith("Retry False ").And.Contain(told), report);
    }

    [TestCase("PostHog/posthog#27712", "CONVERSION_PRECEDES_EVENT", "Check the time zone first")]
    [TestCase("segment-boneyard/segment-docs#7395", "USER_PERMISSION_DENIED", "customer_id")]
    [TestCase("DemocracyLab/CivicTechExchange#481", "UNPARSEABLE_GCLID", "Check how the site records the id")]
    public void The_table_of_errors_says_what_to_do(string report, string code, string action) =>
        Assert.That(ErrorMeanings.Find(code)!.Action, Does.Contain(action), report);

    private static IReadOnlyList<UploadOutcome> Read(int rows, int status, string body) =>
        new AnswerReader(TestConversions.Many(rows), new SecretScrubber()).Read(new GoogleAnswer(status, Encoding.UTF8.GetBytes(body), null, null)).Outcomes;

    private static string Kinds(IEnumerable<UploadOutcome> outcomes) => string.Join(' ', outcomes.Select(outcome => outcome.Kind));
}
