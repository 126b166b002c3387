using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Corrections;

/// <summary>Corrections are claimed, answered, given back and replaced, each in its turn and at its second.</summary>
internal sealed class CorrectionClaimTests : SentSaleFixture
{
    [Test]
    public async Task A_state_that_nobody_was_told_gives_its_second_to_the_next()
    {
        await SendAsync();
        await ChangeAsync("amount_cents = 7000");
        var first = await Database.ScalarAsync<DateTime>(
            "update conversion_corrections set corrected_at = corrected_at + interval '1 hour' returning corrected_at");

        await ChangeAsync(Cancel);

        Assert.That(await Database.ScalarAsync<DateTime>("select corrected_at from conversion_corrections"), Is.LessThan(first));
    }

    /// <summary>Two states of one second cannot both be told in it, and a moment that is still ahead is refused for good.</summary>
    [Test]
    public async Task A_correction_waits_for_the_second_that_it_was_given()
    {
        await SendAsync();
        await ChangeAsync("amount_cents = 7000");
        await CorrectAsync(UploadOutcome.Completed());
        await Database.ExecuteAsync("update conversion_corrections set corrected_at = corrected_at + interval '1 hour'");
        await ChangeAsync(Cancel);

        Assert.That(await Corrections.ClaimAsync(Provider, 100, 100, CancellationToken.None), Is.Empty);
        await Database.ExecuteAsync("update conversion_corrections set corrected_at = corrected_at - interval '2 hours'");
        Assert.That(await Corrections.ClaimAsync(Provider, 100, 100, CancellationToken.None), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_correction_whose_answer_was_lost_gives_way_to_a_newer_state()
    {
        await SendAsync();
        await ChangeAsync("amount_cents = 7000");
        var group = (await ClaimCorrectionsAsync()).Single();
        await ChangeAsync("amount_cents = 8000");
        Assert.That(await ClaimCorrectionsAsync(), Is.Empty, "the earlier is on its way");

        await WriteAsync(group, UploadOutcome.Retry("INTERNAL_ERROR", ErrorCategory.Transient, "no answer"));

        Assert.That(
            await CorrectionsAsync(), Is.EqualTo("RESTATE 7000 TRY FAILED CORRECTION_REPLACED, RESTATE 8000 TRY QUEUED"));
        Assert.That((await ClaimCorrectionsAsync()).Single().Jobs.Single().ValueCents, Is.EqualTo(8000));
    }

    [Test]
    public async Task A_value_that_Google_may_have_is_taken_back_also_when_its_correction_was_replaced()
    {
        await SendAsync();
        await ChangeAsync("amount_cents = 7000");
        var group = (await ClaimCorrectionsAsync()).Single();
        await ChangeAsync("amount_cents = 8000");
        await WriteAsync(group, UploadOutcome.Retry("INTERNAL_ERROR", ErrorCategory.Transient, "no answer"));

        await ChangeAsync("amount_cents = 10000");

        Assert.That(
            await CorrectionsAsync(), Is.EqualTo("RESTATE 7000 TRY FAILED CORRECTION_REPLACED, RESTATE 10000 TRY QUEUED"));
    }

    [Test]
    public async Task What_a_correction_given_up_may_have_done_is_not_forgotten()
    {
        await SendAsync();
        await ChangeAsync(Cancel);
        await Database.ExecuteAsync("update conversion_corrections set retry_count = 6");
        await CorrectAsync(UploadOutcome.Retry("INTERNAL_ERROR", ErrorCategory.Transient, "no answer"));

        await ChangeAsync("status = 'CONFIRMED'");
        Assert.That(await CorrectionsAsync(), Is.EqualTo(
            "RETRACT FAILED INTERNAL_ERROR, RESTATE 10000 TRY FAILED CONVERSION_RETRACTED"), "Google may count it never again");
        await ChangeAsync(Cancel);
        Assert.That(await CorrectionsAsync(), Does.EndWith("RETRACT QUEUED"), "or still");
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_claim_of_corrections_that_ends_without_an_answer_gives_them_back(bool dead)
    {
        await SendAsync();
        await ChangeAsync("amount_cents = 7000");
        var group = (await ClaimCorrectionsAsync()).Single();
        if (dead)
        {
            await Database.ExecuteAsync("update conversion_corrections set claimed_at = now() - interval '1 hour'");
            await Corrections.RecoverAsync(15, CancellationToken.None);
        }
        else
        {
            await Corrections.ReleaseAsync(group, maySent: false, CancellationToken.None);
        }

        Assert.That(await CorrectionsAsync(), Is.EqualTo("RESTATE 7000 TRY QUEUED"));
        Assert.That((await WriteAsync(group, UploadOutcome.Completed())).Changed, Is.Zero, "the claim is gone");
        var job = (await ClaimCorrectionsAsync()).Single().Jobs.Single();
        Assert.That((job.ClaimCount, job.CorrectedAt), Is.EqualTo((dead ? 2 : 1, group.Jobs.Single().CorrectedAt)));
    }

    [Test]
    public async Task Corrections_of_aSite_whose_circuit_is_open_wait()
    {
        await SendAsync();
        await ChangeAsync(Cancel);
        await Database.SetCircuitAsync(Site, "OPEN", "now() + interval '5 minutes'", failures: 5);

        Assert.That(await ClaimCorrectionsAsync(), Is.Empty);
    }

    [TestCase(true, "CLOSED")]
    [TestCase(false, "OPEN")]
    public async Task Where_no_upload_waits_a_correction_is_the_probe(bool success, string state)
    {
        await SendAsync();
        await ChangeAsync(Cancel);
        await Database.SetCircuitAsync(Site, "OPEN", "now()", failures: 5);

        var group = (await ClaimCorrectionsAsync()).Single();
        Assert.That(await ClaimCorrectionsAsync(), Is.Empty);
        Assert.That(await CircuitAsync(Site), Is.EqualTo("HALF_OPEN"));
        await WriteAsync(
            group,
            success ? UploadOutcome.Completed() : UploadOutcome.Retry("INTERNAL_ERROR", ErrorCategory.Transient, "down"),
            success ? CircuitSignal.Success : CircuitSignal.TransientFailure);

        Assert.That(await CircuitAsync(Site), Is.EqualTo(state));
        Assert.That(
            await Database.ScalarAsync<long>("select count(*) from provider_health_state where probe_token is not null"), Is.Zero);
    }

    [Test]
    public async Task A_probe_that_finds_its_corrections_locked_or_is_given_back_is_free()
    {
        await SendAsync();
        await ChangeAsync(Cancel);
        await Database.SetCircuitAsync(Site, "OPEN", "now()", failures: 5);
        await using (var connection = await Database.Admin.OpenConnectionAsync())
        await using (await connection.BeginTransactionAsync())
        {
            await using var hold = connection.CreateCommand();
            hold.CommandText = "select * from conversion_corrections for update";
            await hold.ExecuteNonQueryAsync();
            Assert.That(await ClaimCorrectionsAsync(), Is.Empty);
        }

        var group = (await ClaimCorrectionsAsync()).Single();
        await Corrections.ReleaseAsync(group, maySent: false, CancellationToken.None);

        Assert.That(await ClaimCorrectionsAsync(), Has.Count.EqualTo(1));
    }
}
