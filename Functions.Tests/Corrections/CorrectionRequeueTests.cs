using OpsMantik.Core.Operations;
using OpsMantik.Core.Providers;

namespace OpsMantik.Functions.Tests.Corrections;

/// <summary>An operator mended what made corrections fail, and sends them again.</summary>
internal sealed class CorrectionRequeueTests : SentSaleFixture
{
    private Requeueing _requeueing = null!;

    [SetUp]
    public async Task FailAsync()
    {
        _requeueing = new Requeueing(Operator);
        await SendAsync();
        await Database.ExecuteAsync("update sales set amount_cents = 7000");
        await EndAsync("USER_PERMISSION_DENIED", ErrorCategory.Auth);
    }

    [Test]
    public async Task A_failed_one_is_the_same_correction_when_it_goes_again()
    {
        var before = await Database.ScalarAsync<DateTime>("select corrected_at from conversion_corrections");
        var filter = Failed() with { Category = "AUTH", Since = TimeProvider.System.GetUtcNow().AddHours(-1) };

        Assert.That(
            await _requeueing.PreviewAsync(filter, CancellationToken.None),
            Is.EqualTo(new[] { new RequeueLine("FAILED", "AUTH", "USER_PERMISSION_DENIED", 1) }));
        Assert.That(await _requeueing.RequeueAsync(filter, "ops", CancellationToken.None), Is.EqualTo(1));

        var job = (await ClaimCorrectionsAsync()).Single().Jobs.Single();
        Assert.That((job.ValueCents, job.RetryCount, job.ClaimCount), Is.EqualTo(((long?)7000, 0, 2)));
        Assert.That(job.CorrectedAt.UtcDateTime, Is.EqualTo(before));
        Assert.That(
            await Database.ScalarAsync<string>("select concat_ws('|', actor, action, row_count, details ->> 'corrections') from operator_audit"),
            Is.EqualTo("ops|requeue corrections|1|true"));
    }

    [TestCase("code")]
    [TestCase("category")]
    [TestCase("site")]
    [TestCase("sale")]
    [TestCase("since")]
    public async Task What_the_filter_does_not_name_stays(string by) =>
        Assert.That(await RequeueAsync(by switch
        {
            "code" => Failed() with { Code = "OTHER" },
            "category" => Failed() with { Category = "VALIDATION" },
            "site" => Failed() with { SiteId = Guid.NewGuid() },
            "sale" => Failed() with { SaleIds = [Guid.NewGuid()] },
            _ => Failed() with { Since = TimeProvider.System.GetUtcNow().AddHours(1) },
        }), Is.EqualTo((0, 0)));

    /// <summary>It would undo what is told of the sale since.</summary>
    [TestCase("amount_cents = 8000", TestName = "A_newer_one_waits")]
    [TestCase("amount_cents = 10000", TestName = "The_sale_has_another_value_again")]
    [TestCase("status = 'DRAFT'", TestName = "The_sale_is_no_longer_confirmed")]
    public async Task One_that_is_no_longer_how_the_sale_is_stays(string set)
    {
        await Database.ExecuteAsync($"update sales set {set}");

        Assert.That(await RequeueAsync(Failed()), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task Of_two_that_failed_the_newer_goes_again_even_where_the_older_says_the_same()
    {
        await Database.ExecuteAsync("update sales set amount_cents = 8000");
        await EndAsync("USER_PERMISSION_DENIED", ErrorCategory.Auth);
        await Database.ExecuteAsync("update conversion_corrections set value_cents = 8000");

        Assert.That(await RequeueAsync(Failed()), Is.EqualTo((1, 1)));
        Assert.That(
            await Database.ScalarAsync<string>("select string_agg(status, ' ' order by created_at) from conversion_corrections"),
            Is.EqualTo("FAILED QUEUED"));
    }

    [Test]
    public async Task What_the_provider_never_counts_again_is_not_sent()
    {
        await Database.ExecuteAsync("update sales set status = 'CANCELED'");
        await EndAsync(null, ErrorCategory.Auth);
        await Database.ExecuteAsync("update sales set status = 'CONFIRMED'");
        Assert.That(
            await Database.ScalarAsync<long>("select count(*) from conversion_corrections where provider_error_code = 'CONVERSION_RETRACTED'"),
            Is.EqualTo(1));

        Assert.That(await RequeueAsync(Failed()), Is.EqualTo((0, 0)));
    }

    [Test]
    public async Task A_wait_can_be_ended()
    {
        await RequeueAsync(Failed());
        await EndAsync("INTERNAL_ERROR", ErrorCategory.Transient);

        Assert.That(await RequeueAsync(Failed() with { Status = "RETRY" }), Is.EqualTo((1, 1)));
        Assert.That(await ClaimCorrectionsAsync(), Has.Count.EqualTo(1), "due at once");
    }

    [Test]
    public void One_that_was_taken_is_refused() => Assert.That(
        async () => await _requeueing.RequeueAsync(
            Failed() with { Status = "COMPLETED", SaleIds = [Guid.NewGuid()] }, "ops", CancellationToken.None),
        Throws.ArgumentException);

    private static RequeueFilter Failed() => new() { Status = "FAILED", Corrections = true };

    private async Task<(long Seen, long Done)> RequeueAsync(RequeueFilter filter) =>
        ((await _requeueing.PreviewAsync(filter, CancellationToken.None)).Sum(line => line.Rows),
            await _requeueing.RequeueAsync(filter, "ops", CancellationToken.None));

    private async Task EndAsync(string? code, ErrorCategory category)
    {
        var outcome = code is null ? UploadOutcome.Completed()
            : category == ErrorCategory.Transient ? UploadOutcome.Retry(code, category, "no answer")
            : UploadOutcome.Failed(code, category, "no");
        await CorrectAsync(outcome);
    }
}
