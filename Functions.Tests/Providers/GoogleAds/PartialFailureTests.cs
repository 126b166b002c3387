using OpsMantik.Core.Providers;

namespace OpsMantik.Functions.Tests.Providers.GoogleAds;

public class PartialFailureTests
{
    private GoogleAdsFixture _fixture = null!;

    [SetUp]
    public void SetUp() => _fixture = new GoogleAdsFixture();

    [TearDown]
    public void TearDown() => _fixture.Dispose();

    [Test]
    public async Task Errors_find_their_rows_when_others_were_left_out()
    {
        var rows = TestConversions.Many(5).ToArray();
        rows[0] = rows[0] with { Click = null };
        rows[2] = rows[2] with { Click = null };
        _fixture.Google.AnswerUploads(200, Answers.Partial(
            [true, false, true], Answers.Upload("EXPIRED_EVENT", 1, "The event is too old.")));

        var outcomes = await _fixture.UploadAsync(rows);

        Assert.That(Answers.CountSent(_fixture.Google.Uploads.Single().Body), Is.EqualTo(3));
        Assert.That(
            outcomes.Select(outcome => outcome.Code),
            Is.EqualTo(new[] { "MISSING_CLICK_ID", null, "MISSING_CLICK_ID", "EXPIRED_EVENT", null }));
        Assert.That(outcomes[1].Kind, Is.EqualTo(OutcomeKind.Completed));
        Assert.That(outcomes[3].Message, Is.EqualTo("The event is too old."));
        Assert.That(outcomes[4].Kind, Is.EqualTo(OutcomeKind.Completed));
    }

    [Test]
    public async Task Each_row_gets_its_own_message_and_never_the_first()
    {
        _fixture.Google.AnswerUploads(200, Answers.Partial(
            [false, false],
            Answers.Upload("UNPARSEABLE_GCLID", 1, "Second."),
            Answers.Upload("EXPIRED_EVENT", 0, "First.")));

        var outcomes = await _fixture.UploadAsync([.. TestConversions.Many(2)]);

        Assert.That(outcomes.Select(outcome => outcome.Message), Is.EqualTo(new[] { "First.", "Second." }));
    }

    [TestCase("TOO_RECENT_EVENT", "EXPIRED_EVENT", "EXPIRED_EVENT")]
    [TestCase("TRANSIENT_ERROR", "NO_CONVERSION_ACTION_FOUND", "NO_CONVERSION_ACTION_FOUND")]
    [TestCase("NO_CONVERSION_ACTION_FOUND", "UNPARSEABLE_GCLID", "UNPARSEABLE_GCLID")]
    [TestCase("TRANSIENT_ERROR", "TOO_RECENT_EVENT", "TOO_RECENT_EVENT")]
    [TestCase("DUPLICATE_ORDER_ID", "TRANSIENT_ERROR", "TRANSIENT_ERROR")]
    [TestCase("EXPIRED_EVENT", "CLICK_CONVERSION_ALREADY_EXISTS", "CLICK_CONVERSION_ALREADY_EXISTS")]
    public async Task Of_several_errors_on_a_row_the_gravest_decides(string one, string other, string decides)
    {
        foreach (var errors in new[] { new[] { one, other }, [other, one] })
        {
            _fixture.Google.AnswerUploads(200, Answers.Partial(
                [false], [.. errors.Select(name => Answers.Upload(name, 0, $"About {name}."))]));

            var outcome = (await _fixture.UploadAsync(TestConversions.New() with { MayHaveBeenSent = true }))[0];

            Assert.That(outcome.Code, Is.EqualTo(decides));
            Assert.That(outcome.Message, Is.Null.Or.Contains($"About {decides}."));
        }
    }

    [Test]
    public async Task An_error_without_an_index_is_for_every_row_without_one_of_its_own()
    {
        _fixture.Google.AnswerUploads(200, Answers.Partial(
            [false, false, false],
            Answers.Error("internalError", "TRANSIENT_ERROR"),
            Answers.Upload("EXPIRED_EVENT", 1)));

        var outcomes = await _fixture.UploadAsync([.. TestConversions.Many(3)]);

        Assert.That(
            outcomes.Select(outcome => outcome.Code),
            Is.EqualTo(new[] { "TRANSIENT_ERROR", "EXPIRED_EVENT", "TRANSIENT_ERROR" }));
    }

    [Test]
    public async Task An_index_outside_the_request_blames_nobody()
    {
        _fixture.Google.AnswerUploads(200, Answers.Partial([true, false], Answers.Upload("EXPIRED_EVENT", 7)));

        var outcomes = await _fixture.UploadAsync([.. TestConversions.Many(2)]);

        Assert.That(outcomes.Select(outcome => outcome.Code), Is.EqualTo(new[] { null, "INVALID_RESPONSE" }));
    }

    [TestCase("")]
    [TestCase("<html>busy</html>")]
    [TestCase("""{"results":[{"gclid":"a"}""")]
    [TestCase("""{"results":[{"gclid":"a"}]}""")]
    [TestCase("""{"results":[{"gclid":"a"},{"gclid":"b"},{"gclid":"c"}]}""")]
    [TestCase("""{"results":[{},null]}""")]
    [TestCase("""{"results":[5,[{"gclid":"a"}]]}""")]
    [TestCase("""{"results":"CANARY"}""")]
    [TestCase("{}")]
    [TestCase("null")]
    [TestCase("""{"partialFailureError":{"code":13,"details":[null,{"errors":[null]}]},"results":[{},{}]}""")]
    public async Task An_answer_that_does_not_tell_means_unknown_and_never_completed(string body)
    {
        _fixture.Google.AnswerUploads(200, body);

        var outcomes = await _fixture.UploadAsync([.. TestConversions.Many(2)]);

        Assert.That(outcomes.Select(outcome => outcome.Code), Is.All.EqualTo("INVALID_RESPONSE"));
        Assert.That(outcomes.Select(outcome => outcome.Kind), Is.All.EqualTo(OutcomeKind.Retry));
        Assert.That(outcomes.Select(outcome => outcome.Category), Is.All.EqualTo(ErrorCategory.Transient));
    }

    [Test]
    public async Task A_code_that_Google_has_not_published_yet_is_read_from_the_details()
    {
        _fixture.Google.AnswerUploads(200, Answers.Partial([false], """
            {"errorCode":{"internalError":"ERROR_CODE_NOT_PUBLISHED"},"message":"New.",
            "location":{"fieldPathElements":[{"fieldName":"conversions","index":0}]},
            "details":{"unpublishedErrorCode":"ConversionUploadError.BRAND_NEW"}}
            """));

        var outcome = await _fixture.UploadOneAsync();

        Assert.That(outcome.Code, Is.EqualTo("BRAND_NEW"));
        Assert.That(outcome.Kind, Is.EqualTo(OutcomeKind.Retry));
    }

    [Test]
    public async Task The_request_id_is_on_every_row_of_the_call()
    {
        _fixture.Google.AnswerUploads(200, Answers.AllTaken(1), ("request-id", "header-id"));
        Assert.That((await _fixture.UploadOneAsync()).RequestId, Is.EqualTo("header-id"));

        _fixture.Google.AnswerUploads(200, Answers.Partial([false], Answers.Upload("EXPIRED_EVENT", 0)));
        Assert.That((await _fixture.UploadOneAsync()).RequestId, Is.EqualTo("failure-request-id"));
    }

    [Test]
    public async Task Nothing_is_sent_for_an_empty_batch_or_for_rows_without_a_click()
    {
        Assert.That(await _fixture.UploadAsync(), Is.Empty);
        await _fixture.UploadAsync(TestConversions.New() with { Click = null });

        Assert.That(_fixture.Google.TokenRequests, Is.Empty);
        Assert.That(_fixture.Google.Uploads, Is.Empty);
    }
}
