using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Corrections;

/// <summary>From the dashboard's update of a sale to what Google counts in the end.</summary>
internal sealed class CorrectionRunTests : Scenario
{
    [Test]
    public async Task A_canceled_sale_is_retracted_and_a_changed_one_restated_by_the_next_run()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site, 3);
        await using var worker = NewWorker();
        await worker.UploadAsync();
        var sales = await SalesAsync();

        await Database.ExecuteAsync("update sales set status = 'CANCELED' where id = $1", sales[0]);
        await Database.ExecuteAsync("update sales set amount_cents = 7000 where id = $1", sales[1]);
        var summary = await worker.UploadAsync();
        var again = await worker.UploadAsync();

        Assert.That((summary.Processed, summary.Corrected, again.Corrected), Is.EqualTo((0, 2, 0)));
        Assert.That(await StatesAsync(), Is.EqualTo("retracted, 70 TRY, 123.45 TRY"));
        Assert.That(await CorrectionsAsync(), Is.EqualTo("RESTATE COMPLETED, RETRACT COMPLETED"));
        Assert.That(
            await Database.ScalarAsync<string>(
                "select concat_ws(' ', claimed_count, completed_count) from provider_upload_attempts where phase = 'CORRECTED'"),
            Is.EqualTo("2 2"));
        Assert.That(await SitesWithWrongCountersAsync(), Is.Empty);
    }

    [Test]
    public async Task On_Data_Manager_a_canceled_sale_is_restated_to_nothing_and_stays_counted()
    {
        var site = await Database.AddSiteAsync();
        await Database.AddCredentialsAsync(Worker.Vault, site, CustomerId(1), uploadApi: "data_manager");
        await Database.EnqueueAsync(site, 2);
        await using var worker = NewWorker();
        await worker.UploadAsync();
        var sales = await SalesAsync();
        await Database.ExecuteAsync("update sales set status = 'CANCELED' where id = $1", sales[0]);
        await Database.ExecuteAsync("update sales set amount_cents = 7000 where id = $1", sales[1]);
        Assert.That((await worker.UploadAsync()).Corrected, Is.Zero, "never before the upload is confirmed");

        await Task.Delay(Google.ProcessingDelay + TimeSpan.FromSeconds(0.5));
        await Database.ExecuteAsync("update provider_upload_requests set next_check_at = now()");
        await worker.ConfirmAsync();
        var summary = await worker.UploadAsync();
        await Task.Delay(Google.ProcessingDelay + TimeSpan.FromSeconds(0.5));

        Assert.That(summary.Corrected, Is.EqualTo(2));
        Assert.That(await StatesAsync(), Is.EqualTo("0 TRY, 70 TRY"));
        Assert.That(
            await Database.ScalarAsync<string>(
                "select string_agg(concat_ws(' ', kind, provider_error_code), ', ' order by kind) from conversion_corrections"),
            Is.EqualTo("RESTATE, RETRACT COUNT_STAYS"));
    }

    [Test]
    public async Task A_correction_that_fails_for_a_while_is_told_the_same_moment_again()
    {
        var site = await AddSiteAsync(1);
        await Database.EnqueueAsync(site);
        await using var worker = NewWorker();
        await worker.UploadAsync();
        await Database.ExecuteAsync("update sales set amount_cents = 7000");
        var moment = await MomentAsync();
        Google.SetBehaviour(null, CallBehaviour.ServerError(), CallTarget.Adjustment);
        await worker.UploadAsync();
        Assert.That(await CorrectionsAsync(), Does.StartWith("RESTATE RETRY"));

        Google.SetBehaviour(null, CallBehaviour.Normal, CallTarget.Adjustment);
        await Database.ExecuteAsync("update conversion_corrections set next_retry_at = now()");
        await worker.UploadAsync();

        Assert.That(await StatesAsync(), Is.EqualTo("70 TRY"));
        Assert.That(Google.AdjustmentCalls, Has.Count.EqualTo(2));
        Assert.That(await MomentAsync(), Is.EqualTo(moment));
    }

    [Test]
    public async Task What_was_retracted_by_way_of_precaution_and_is_not_there_was_never_counted()
    {
        await Database.EnqueueAsync(await AddSiteAsync(1));
        Google.SetBehaviour(null, CallBehaviour.ServerError());
        await using var worker = NewWorker();
        await worker.UploadAsync();
        await Database.ExecuteAsync("update sales set status = 'CANCELED'");
        await worker.UploadAsync();
        Assert.That(await CorrectionsAsync(), Is.EqualTo("RETRACT RETRY CONVERSION_NOT_FOUND"), "Google may not have processed it yet");

        await Database.ExecuteAsync(
            "update conversion_corrections set corrected_at = corrected_at - interval '2 days', next_retry_at = now()");
        await worker.UploadAsync();

        Assert.That(await CorrectionsAsync(), Is.EqualTo("RETRACT COMPLETED CONVERSION_NOT_FOUND"));
    }

    [Test]
    public async Task A_site_without_credentials_or_with_damaged_ones_hurts_no_other()
    {
        var (site, other) = (await AddSiteAsync(1), await AddSiteAsync(2));
        await Database.EnqueueAsync(site);
        await Database.EnqueueAsync(other);
        await using var worker = NewWorker();
        await worker.UploadAsync();
        await Database.ExecuteAsync("update sales set status = 'CANCELED'");
        await Database.ExecuteAsync("delete from provider_credentials where site_id = $1", site);

        Assert.That((await worker.UploadAsync()).Corrected, Is.EqualTo(1));

        Assert.That(await CorrectionsAsync(), Is.EqualTo("RETRACT COMPLETED, RETRACT FAILED CREDENTIALS_MISSING"));
    }

    /// <summary>1,000 sales canceled or changed while workers claim, upload, write back, die and recover.</summary>
    [Test]
    public async Task Of_a_thousand_races_none_is_lost_and_none_told_twice()
    {
        const int Sales = 1_000;
        foreach (var number in Enumerable.Range(1, 10))
            await Database.EnqueueAsync(await AddSiteAsync(number), Sales / 10, $"s{number}");
        await using var worker = NewWorker();
        await using var second = NewWorker();
        var sales = await SalesAsync();
        var random = new Random(17);
        random.Shuffle(sales);
        using var done = new CancellationTokenSource();

        var uploads = ((Worker[])[worker, second]).Select(one => Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
                await one.UploadAsync(limit: 60);
        })).ToArray();
        var deaths = Task.Run(async () =>
        {
            while (!done.IsCancellationRequested)
            {
                await worker.Get<IConversionQueue>().ClaimAsync(
                    new ClaimRequest("google_ads", Guid.NewGuid(), 10, 5), CancellationToken.None);
                await Task.Delay(50);
                // As if the claims of the dead were old; a live one's later write changes nothing then.
                await Database.ExecuteAsync(
                    "update offline_conversion_queue set claimed_at = now() - interval '1 hour' where status = 'PROCESSING'");
                await worker.RecoverAsync();
            }
        });
        var changes = sales.Index().Select(sale => (sale.Item, Set: (sale.Index % 4) switch
        {
            0 => "status = 'CANCELED'",
            1 => $"amount_cents = {20_000 + sale.Index}",
            2 => "status = 'CANCELED', amount_cents = 1",
            _ => null,
        })).ToArray();
        foreach (var (sale, set) in changes)
        {
            if (set is not null)
                await Database.ExecuteAsync($"update sales set {set} where id = $1", sale);
        }

        await done.CancelAsync();
        await Task.WhenAll([.. uploads, deaths]);
        for (var round = 0; round < 4; round++)
        {
            await Database.ExecuteAsync(
                "update offline_conversion_queue set claimed_at = now() - interval '1 hour' where status = 'PROCESSING'");
            await Database.ExecuteAsync(
                "update conversion_corrections set claimed_at = now() - interval '1 hour' where status = 'PROCESSING'");
            await worker.RecoverAsync();
            await MakeDueAsync();
            await worker.UploadAsync();
        }

        var counted = Google.Conversions.ToDictionary(conversion => conversion.OrderId!);
        List<string> wrong = [];
        foreach (var (sale, set) in changes)
        {
            var state = counted.GetValueOrDefault(sale.ToString());
            var amount = await Database.ScalarAsync<long>("select amount_cents from sales where id = $1", sale);
            var right = set?.StartsWith("status", StringComparison.Ordinal) == true
                ? state is null or { IsRetracted: true }
                : state is { IsRetracted: false } && state.Value == amount / 100m;
            if (!right)
                wrong.Add($"{set}: {state?.ToString() ?? "not counted"}");
            if (state?.Adjustments > 1)
                wrong.Add($"{set}: told {state.Adjustments} times");
        }

        Assert.That(wrong, Is.Empty);
        Assert.That(
            await Database.ScalarAsync<string>(
                """
                select string_agg(distinct concat_ws(' ', status, case when status <> 'COMPLETED' then provider_error_code end), ', ')
                from conversion_corrections
                where not (status = 'RETRY' and provider_error_code = 'CONVERSION_NOT_FOUND')
                """),
            Is.EqualTo("COMPLETED"), "or, where an attempt may have been counted and was not, sought for a day");
    }

    private async Task<Guid[]> SalesAsync() =>
        (await Database.ScalarAsync<Guid[]>("select array_agg(sale_id order by site_id, created_at, id) from offline_conversion_queue"))!;

    private Task<DateTime> MomentAsync() => Database.ScalarAsync<DateTime>("select corrected_at from conversion_corrections");

    /// <summary>What Google has, in the order of the sales.</summary>
    private async Task<string> StatesAsync()
    {
        var counted = Google.Conversions.ToDictionary(conversion => conversion.OrderId!);
        return string.Join(", ", (await SalesAsync()).Select(sale => counted[sale.ToString()] switch
        {
            { IsRetracted: true } => "retracted",
            var state => $"{state.Value:0.##} {state.Currency}",
        }));
    }

    private Task<string?> CorrectionsAsync() => Database.ScalarAsync<string>(
        """
        select string_agg(concat_ws(' ', kind, status, provider_error_code), ', ' order by kind, status)
        from conversion_corrections
        """);
}
