using OpsMantik.Core.Operations;
using OpsMantik.Core.Providers;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Corrections;

/// <summary>The dashboard changes a sale; what becomes of its row, and what the provider is to be told.</summary>
internal sealed class SaleChangeTests : SentSaleFixture
{
    [TestCase("QUEUED"), TestCase("RETRY"), TestCase("FAILED")]
    public async Task A_sale_canceled_before_it_was_sent_is_not_sent(string status)
    {
        await Database.ExecuteAsync("update offline_conversion_queue set status = $1", status);

        await ChangeAsync(Cancel);

        Assert.That(await RowAsync(), Is.EqualTo("FAILED SALE_CANCELED 10000 TRY"));
        Assert.That(await CorrectionsAsync(), Is.Null);
        Assert.That(await ClaimAsync(), Is.Empty);
    }

    [TestCase("QUEUED"), TestCase("RETRY"), TestCase("FAILED")]
    public async Task A_value_changed_before_it_was_sent_replaces_the_rows(string status)
    {
        await Database.ExecuteAsync(
            """update offline_conversion_queue set status = $1, payload = '{"value_cents": 1, "currency": "EUR", "order_id": "A"}'""",
            status);

        await ChangeAsync("amount_cents = 7000, currency = 'USD'");

        Assert.That(await RowAsync(), Is.EqualTo(status + " 7000 USD"));
        Assert.That(
            await Database.ScalarAsync<string>("select payload::text from offline_conversion_queue"),
            Is.EqualTo("""{"order_id": "A"}"""));
        Assert.That(await CorrectionsAsync(), Is.Null);
    }

    [Test]
    public async Task Of_an_attempt_that_may_have_counted_a_retraction_is_sent_as_well()
    {
        var group = (await ClaimAsync()).Single();
        await WriteBackAsync(group, UploadOutcome.Retry("INTERNAL_ERROR", ErrorCategory.Transient, "no answer"));

        await ChangeAsync(Cancel);
        await ChangeAsync("amount_cents = 1");

        Assert.That(await RowAsync(), Is.EqualTo("FAILED SALE_CANCELED 10000 TRY"));
        Assert.That(await CorrectionsAsync(), Is.EqualTo("RETRACT QUEUED"));
        Assert.That(await ClaimCorrectionsAsync(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_refusal_for_good_or_a_sending_that_never_was_needs_no_retraction()
    {
        var group = (await ClaimAsync()).Single();
        await WriteBackAsync(group, UploadOutcome.Postponed("X", ErrorCategory.Configuration, "set up wrongly", TimeSpan.Zero));

        await ChangeAsync(Cancel);

        Assert.That((await RowAsync(), await CorrectionsAsync()), Is.EqualTo(("FAILED SALE_CANCELED 10000 TRY", (string?)null)));
    }

    [Test]
    public async Task A_sale_confirmed_again_before_it_was_sent_is_sent()
    {
        await ChangeAsync(Cancel);

        await ChangeAsync("status = 'CONFIRMED', amount_cents = 7000");

        Assert.That(await RowAsync(), Is.EqualTo("QUEUED 7000 TRY"));
        Assert.That((await ClaimAsync()).Single().Jobs.Single().ValueCents, Is.EqualTo(7000));
    }

    [Test]
    public async Task A_requeue_leaves_a_canceled_sale_alone()
    {
        await ChangeAsync(Cancel);

        await new Requeueing(Operator).RequeueAsync(
            new RequeueFilter { Status = "FAILED", SiteId = Site }, "ops", CancellationToken.None);

        Assert.That(await RowAsync(), Is.EqualTo("FAILED SALE_CANCELED 10000 TRY"));
    }

    [Test]
    public async Task The_newest_state_of_a_sale_that_was_sent_is_told_once()
    {
        await SendAsync();

        await ChangeAsync("amount_cents = 7000");
        await ChangeAsync("amount_cents = 8000");
        Assert.That(await CorrectionsAsync(), Is.EqualTo("RESTATE 8000 TRY QUEUED"));
        await ChangeAsync("amount_cents = 10000");
        Assert.That(await CorrectionsAsync(), Is.Null, "Google has it");
        await ChangeAsync("currency = 'USD'");
        await ChangeAsync(Cancel);

        Assert.That(await CorrectionsAsync(), Is.EqualTo("RETRACT QUEUED"));
        Assert.That(await RowAsync(), Is.EqualTo("COMPLETED 10000 TRY"));
    }

    [Test]
    public async Task What_was_restated_is_what_Google_has_and_a_later_state_has_a_later_second()
    {
        await SendAsync();
        await ChangeAsync("amount_cents = 7000");
        await CorrectAsync(UploadOutcome.Completed());

        await ChangeAsync("currency = 'USD'");
        await ChangeAsync("currency = 'TRY'");
        Assert.That(await CorrectionsAsync(), Is.EqualTo("RESTATE 7000 TRY COMPLETED"), "Google has it");
        await ChangeAsync("amount_cents = 10000");

        Assert.That(await CorrectionsAsync(), Is.EqualTo("RESTATE 7000 TRY COMPLETED, RESTATE 10000 TRY QUEUED"));
        Assert.That(
            await Database.ScalarAsync<bool>(
                """
                select max(corrected_at) - min(corrected_at) >= interval '1 second'
                       and bool_and(corrected_at = date_trunc('second', corrected_at))
                from conversion_corrections
                """),
            Is.True);
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_sale_confirmed_again_after_its_retraction_is_for_the_operator(bool answered)
    {
        await SendAsync();
        await ChangeAsync(Cancel);
        if (answered)
            await CorrectAsync(UploadOutcome.Completed());
        else
            await CorrectAsync(UploadOutcome.Retry("INTERNAL_ERROR", ErrorCategory.Transient, "no answer"));

        await ChangeAsync("status = 'CONFIRMED'");
        await ChangeAsync("amount_cents = 7000");
        await ChangeAsync(Cancel);

        Assert.That(
            await CorrectionsAsync(),
            Is.EqualTo($"RETRACT {(answered ? "COMPLETED" : "RETRY")}, RESTATE 10000 TRY FAILED CONVERSION_RETRACTED"));
    }

    [Test]
    public async Task A_retraction_that_was_not_sent_goes_when_the_sale_is_confirmed_again()
    {
        await SendAsync();
        await ChangeAsync(Cancel);
        await ChangeAsync("status = 'CONFIRMED'");

        Assert.That(await CorrectionsAsync(), Is.Null);
    }

    [Test]
    public async Task A_sale_canceled_while_a_worker_has_it_is_decided_by_what_the_worker_writes()
    {
        var group = (await ClaimAsync()).Single();

        await ChangeAsync(Cancel);
        Assert.That(await RowAsync(), Is.EqualTo("PROCESSING 10000 TRY"));
        Assert.That(await ClaimCorrectionsAsync(), Is.Empty, "never before its upload");
        await WriteBackAsync(group, UploadOutcome.Completed());

        Assert.That(await RowAsync(), Is.EqualTo("COMPLETED 10000 TRY"));
        Assert.That((await ClaimCorrectionsAsync()).Single().Jobs.Single().Kind, Is.EqualTo(CorrectionKind.Retract));
    }

    [Test]
    public async Task One_that_comes_back_unsent_is_not_sent_again()
    {
        var group = (await ClaimAsync()).Single();
        await ChangeAsync(Cancel);

        await Queue.ReleaseAsync(group, maySent: false, CancellationToken.None);
        await Corrections.CorrectPendingAsync(CancellationToken.None);

        Assert.That((await RowAsync(), await CorrectionsAsync()), Is.EqualTo(("FAILED SALE_CANCELED 10000 TRY", (string?)null)));
    }

    [Test]
    public async Task One_that_the_provider_refused_for_good_has_the_new_value_or_none()
    {
        var group = (await ClaimAsync()).Single();
        await ChangeAsync("amount_cents = 7000");
        await WriteBackAsync(group, UploadOutcome.Failed("INVALID_CLICK", ErrorCategory.Validation, "no"));
        Assert.That(await CorrectionsAsync(), Is.EqualTo("RESTATE 7000 TRY QUEUED"));

        await Corrections.CorrectPendingAsync(CancellationToken.None);

        Assert.That((await RowAsync(), await CorrectionsAsync()), Is.EqualTo(("FAILED INVALID_CLICK 7000 TRY", (string?)null)));
    }

    [Test]
    public async Task One_whose_row_somebody_holds_or_the_database_refuses_keeps_no_other_waiting()
    {
        var held = (await Database.EnqueueAsync(Site)).Single();
        var refused = (await Database.EnqueueAsync(Site)).Single();
        var group = (await ClaimAsync()).Single();
        await ChangeAsync(Cancel);
        await Queue.ReleaseAsync(group, maySent: false, CancellationToken.None);
        await Database.ExecuteAsync(
            $"""
            create function refuse() returns trigger language plpgsql as $x$ begin raise exception 'no'; end $x$;
            create trigger refuse before update on offline_conversion_queue
                for each row when (old.id = '{refused}' and new.status = 'FAILED') execute function refuse()
            """);
        await using (var connection = await Database.Admin.OpenConnectionAsync())
        await using (await connection.BeginTransactionAsync())
        {
            await using var hold = connection.CreateCommand();
            hold.CommandText = $"select from offline_conversion_queue where id = '{held}' for update";
            await hold.ExecuteNonQueryAsync();
            await Corrections.CorrectPendingAsync(CancellationToken.None);
        }

        Assert.That(await RowAsync(), Is.EqualTo("FAILED SALE_CANCELED 10000 TRY"));
        Assert.That(await StatusAsync(held), Is.EqualTo("QUEUED"));
        await Corrections.CorrectPendingAsync(CancellationToken.None);
        Assert.That((await StatusAsync(held), await StatusAsync(refused)), Is.EqualTo(("FAILED", "QUEUED")));
    }

    [Test]
    public async Task One_that_recovery_returns_may_have_been_sent()
    {
        await ClaimAsync();
        await ChangeAsync("amount_cents = 7000");
        await Database.ExecuteAsync("update offline_conversion_queue set claimed_at = now() - interval '1 hour'");

        await Queue.RecoverAsync(15, CancellationToken.None);
        await Corrections.RecoverAsync(15, CancellationToken.None);

        Assert.That(await RowAsync(), Is.EqualTo("QUEUED 10000 TRY"), "sent again as it may have been sent");
        Assert.That(await CorrectionsAsync(), Is.EqualTo("RESTATE 7000 TRY QUEUED"));
        Assert.That(await ClaimCorrectionsAsync(), Is.Empty);
    }

    [Test]
    public async Task Of_two_transactions_the_one_that_ends_last_has_the_last_word()
    {
        await SendAsync();
        await using var connection = await Database.Admin.OpenConnectionAsync();
        await using var longer = await connection.BeginTransactionAsync();
        await using var change = connection.CreateCommand();
        change.CommandText = "select now()";
        await change.ExecuteNonQueryAsync();
        await ChangeAsync("amount_cents = 7000");
        await CorrectAsync(UploadOutcome.Completed());
        change.CommandText = "update sales set amount_cents = 8000";
        await change.ExecuteNonQueryAsync();
        await longer.CommitAsync();
        await CorrectAsync(UploadOutcome.Completed());

        await ChangeAsync("amount_cents = 7000");

        Assert.That(
            await Database.ScalarAsync<string>("select concat_ws(' ', value_cents, status) from conversion_corrections order by corrected_at desc limit 1"),
            Is.EqualTo("7000 QUEUED"));
    }

    [Test]
    public async Task A_row_confirmed_again_has_all_its_attempts()
    {
        await Database.ExecuteAsync(
            "update offline_conversion_queue set status = 'FAILED', retry_count = 7, provider_error_category = 'VALIDATION'");
        await ChangeAsync(Cancel);

        await ChangeAsync("status = 'CONFIRMED'");

        Assert.That(await Database.ScalarAsync<int>("select retry_count from offline_conversion_queue where status = 'QUEUED'"), Is.Zero);
    }

    [Test]
    public async Task A_status_that_is_not_known_says_nothing_and_stops_nothing()
    {
        await SendAsync();
        await Database.ExecuteAsync("alter table sales drop constraint sales_status_check");

        await ChangeAsync("status = 'ARCHIVED'");

        Assert.That(await CorrectionsAsync(), Is.Null);
    }

    [Test]
    public async Task The_dashboard_needs_no_right_to_what_is_ours_and_never_fails_for_it()
    {
        await SendAsync();
        await Database.ExecuteAsync(
            """
            create role dashboard_of_this_test;
            grant select, update on sales to dashboard_of_this_test;
            """);
        try
        {
            await Database.ExecuteAsync("set role dashboard_of_this_test; update sales set status = 'CANCELED'; reset role");
            Assert.That(await CorrectionsAsync(), Is.EqualTo("RETRACT QUEUED"));

            await Database.ExecuteAsync("alter table conversion_corrections add constraint never check (false) not valid");
            await Database.ExecuteAsync("delete from conversion_corrections");
            await Database.ExecuteAsync("set role dashboard_of_this_test; update sales set amount_cents = 1; reset role");
            Assert.That(await CorrectionsAsync(), Is.Null);
            await Database.ExecuteAsync("alter table conversion_corrections drop constraint never");

            await Corrections.RecoverAsync(15, CancellationToken.None);

            Assert.That(await CorrectionsAsync(), Is.EqualTo("RETRACT QUEUED"), "noted late, not lost");
        }
        finally
        {
            await Database.ExecuteAsync("drop owned by dashboard_of_this_test; drop role dashboard_of_this_test");
        }
    }
}
