using OpsMantik.Core.Providers;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Confirmations;

/// <summary>One odd row or request is its own trouble and no other's.</summary>
internal sealed class UnusualRequestTests : ConfirmationFixture
{
    [Test]
    public async Task A_row_that_lost_its_place_is_sent_again_and_the_others_are_settled()
    {
        await SubmitAsync(3);
        await Database.ExecuteAsync("update offline_conversion_queue set request_index = null where request_index = 1");
        Provider.AnswerEach(UploadOutcome.Completed());

        await MakeDueAsync();
        var summary = await ConfirmAsync();

        Assert.That((summary.Completed, summary.Retry), Is.EqualTo((2, 1)));
        Assert.That(
            await Database.ScalarAsync<string>(
                "select concat_ws(' ', status, provider_error_code) from offline_conversion_queue where request_index is null"),
            Is.EqualTo("RETRY UNCONFIRMED"));
    }

    [Test]
    public async Task A_question_that_always_throws_waits_its_turn_and_is_given_up_in_the_end()
    {
        await SubmitAsync(1, "poison");
        await SubmitAsync(1, "sound");
        Provider.Answer = request => request.RequestId == "poison"
            ? throw new InvalidOperationException("a bug")
            : Confirmation.Settled([UploadOutcome.Completed()]);

        await MakeDueAsync();
        var first = await ConfirmAsync();
        await Database.ExecuteAsync(
            "update provider_upload_requests set submitted_at = now() - interval '73 hours', next_check_at = now()");
        var last = await ConfirmAsync();

        Assert.That((first.Completed, first.Pending, last.Retry), Is.EqualTo((1, 1, 1)));
    }

    [Test]
    public async Task A_success_of_long_ago_does_not_close_a_circuit_that_is_open_now()
    {
        var site = await SubmitAsync(1);
        await Database.SetCircuitAsync(site, "OPEN", "now() + interval '3 minutes'", failures: 5);
        Provider.AnswerEach(UploadOutcome.Completed());

        await MakeDueAsync();
        var summary = await ConfirmAsync();

        Assert.That(summary.Completed, Is.EqualTo(1));
        Assert.That(
            await Database.ScalarAsync<string>("select concat_ws(' ', state, failure_count) from provider_health_state"),
            Is.EqualTo("OPEN 5"));
    }
}
