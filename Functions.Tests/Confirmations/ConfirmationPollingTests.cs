using OpsMantik.Core.Confirmations;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;

namespace OpsMantik.Functions.Tests.Confirmations;

/// <summary>When the question is asked, by whom, and until when.</summary>
internal sealed class ConfirmationPollingTests : ConfirmationFixture
{
    [Test]
    public async Task The_first_look_is_after_30_minutes()
    {
        await SubmitAsync(1);

        var tooEarly = await ConfirmAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(tooEarly.Checked, Is.Zero);
            Assert.That(await MinutesToNextLookAsync(), Is.EqualTo(30).Within(0.5));
        });
    }

    [Test]
    public async Task The_gaps_grow_to_the_longest()
    {
        await SubmitAsync(1);
        var gaps = new List<double>();
        for (var i = 0; i < 6; i++)
        {
            await MakeDueAsync();
            var summary = await ConfirmAsync();
            Assert.That((summary.Checked, summary.Pending), Is.EqualTo((1, 1)));
            gaps.Add(Math.Round(await MinutesToNextLookAsync()));
        }

        Assert.That(gaps, Is.EqualTo(new[] { 60, 120, 240, 360, 360, 360 }));
        Assert.That(await RowsAsync(), Is.EqualTo("SUBMITTED 0"));
    }

    [Test]
    public async Task After_72_hours_the_rows_are_sent_again_and_say_so()
    {
        await SubmitAsync(2);
        await Database.ExecuteAsync("update provider_upload_requests set submitted_at = now() - interval '73 hours'");

        await MakeDueAsync();
        var summary = await ConfirmAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(Provider.Questions, Has.Count.EqualTo(1), "asked a last time first");
            Assert.That(summary.Retry, Is.EqualTo(2));
            Assert.That(await RowsAsync(), Is.EqualTo("RETRY 0 UNCONFIRMED, RETRY 0 UNCONFIRMED"));
            Assert.That(
                await Database.ScalarAsync<string>("select min(last_error) from offline_conversion_queue"),
                Does.Contain("request-1 within 72 h; sent again under the same transaction id"));
            Assert.That((await UploadAsync("request-2")).Submitted, Is.EqualTo(2), "due at once");
            Assert.That(
                await Database.ScalarAsync<bool>("select bool_and(provider_ref = sale_id::text) from offline_conversion_queue"),
                Is.True, "the identity stays");
        });
    }

    [Test]
    public async Task A_result_that_comes_on_the_last_question_still_counts()
    {
        await SubmitAsync(1);
        await Database.ExecuteAsync("update provider_upload_requests set submitted_at = now() - interval '73 hours'");
        Provider.AnswerEach(UploadOutcome.Completed());

        await MakeDueAsync();
        await ConfirmAsync();

        Assert.That(await RowsAsync(), Is.EqualTo("COMPLETED 0"));
    }

    [Test]
    public async Task Many_confirmers_ask_about_a_request_once()
    {
        for (var i = 0; i < 30; i++)
            await SubmitAsync(1, $"request-{i}");
        Provider.AnswerEach(UploadOutcome.Completed());
        await MakeDueAsync();

        var summaries = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => ConfirmAsync()));

        Assert.Multiple(() =>
        {
            Assert.That(summaries.Sum(summary => summary.Completed), Is.EqualTo(30));
            Assert.That(Provider.Questions.Select(question => question.RequestId), Is.Unique);
        });
    }

    [Test]
    public async Task A_confirmer_that_dies_before_settling_loses_nothing_and_a_late_one_changes_nothing()
    {
        await SubmitAsync(1);
        await MakeDueAsync();
        var late = (await NewStore().LeaseAsync(
            "google_ads", Guid.NewGuid(), 10, TimeSpan.FromHours(72), CancellationToken.None)).Single();
        var whileLeased = await ConfirmAsync();
        await Database.ExecuteAsync("update provider_upload_requests set lease_until = now()");
        Provider.AnswerEach(UploadOutcome.Completed());
        var afterLease = await ConfirmAsync();

        var counts = await NewStore().SettleAsync(
            late,
            [.. late.Rows.Select(row => new JobResult(
                row.Id, JobStatus.Failed, null,
                UploadOutcome.Failed("LATE", ErrorCategory.Validation, "late"), null))],
            CircuitSignal.TransientFailure, CancellationToken.None);

        Assert.Multiple(async () =>
        {
            Assert.That((whileLeased.Checked, afterLease.Completed, counts.Changed), Is.EqualTo((0, 1, 0)));
            Assert.That(await RowsAsync(), Is.EqualTo("COMPLETED 0"));
        });
    }

    [Test]
    public async Task Without_credentials_the_question_waits()
    {
        await SubmitAsync(1);
        await Database.ExecuteAsync("update provider_credentials set is_active = false");

        await MakeDueAsync();
        var summary = await ConfirmAsync();

        Assert.That((summary.Pending, Provider.Questions.Count), Is.EqualTo((1, 0)));
    }

    [TestCase(1, 30)]
    [TestCase(2, 60)]
    [TestCase(5, 360)]
    [TestCase(1_000, 360)]
    public void Gaps_double_and_are_bounded(int questions, double minutes) =>
        Assert.That(new ConfirmOptions().GapAfter(questions), Is.EqualTo(TimeSpan.FromMinutes(minutes)));

    private Task<double> MinutesToNextLookAsync() => Database.ScalarAsync<double>(
        "select extract(epoch from next_check_at - now())::float8 / 60 from provider_upload_requests");
}
