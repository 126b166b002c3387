using System.Globalization;
using OpsMantik.Core.Operations;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Scenarios;

/// <summary>Rows as real dashboards write them, from PostgreSQL to the request: what goes out is what was sold.</summary>
internal sealed class RowValueTests : Scenario
{
    private const string Mail = "973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b";
    private const string Phone = "e323ec626319ca94ee8bff2e4c87cf613be6ea19919ed1364124e16807ab3176";

    [TestCase("value_cents = 12345, currency = 'JPY'", "12345 JPY")]
    [TestCase("value_cents = 12345, currency = 'KWD'", "12.345 KWD")]
    [TestCase("value_cents = 12345, currency = 'TRY'", "123.45 TRY")]
    [TestCase("value_cents = 12345, currency = 'IDR'", "12345 IDR")]
    [TestCase("value_cents = 9223372036854775807, currency = 'TRY'", "92233720368547758.07 TRY")]
    [TestCase("currency = 'try'", "123.45 TRY")]
    [TestCase("currency = ' eur'", "123.45 EUR")]
    [TestCase("""payload = '{"value_cents":12345.0}'""", "123.45 TRY")]
    [TestCase("""payload = '{"value_cents":"500"}'""", "5 TRY")]
    public async Task The_amount_goes_out_in_its_currency(string columns, string expected)
    {
        var sent = await SendAsync(columns);

        Assert.That($"{sent.Value!.Value.ToString(CultureInfo.InvariantCulture)} {sent.Currency}", Is.EqualTo(expected));
    }

    [Test]
    public async Task A_dashboard_that_keeps_hundredths_of_yen_says_so_by_a_setting()
    {
        var row = await AddRowAsync("value_cents = 1234500, currency = 'JPY'");
        await using var worker = NewWorker(("Money:MinorUnits", "JPY=2"));
        await worker.UploadAsync();

        Assert.That(await OutcomeAsync(row), Does.StartWith("COMPLETED"));
        Assert.That(Google.Accepted.Single().Value, Is.EqualTo(12_345m));
    }

    [TestCase("gclid = e' Cj0KCQ-x_1\\r\\n'", "gclid Cj0KCQ-x_1", "without the characters around it")]
    [TestCase("gclid = '\"Cj0KCQ-x_1\"'", "gclid Cj0KCQ-x_1", "without the characters around it")]
    [TestCase("gclid = 'null', gbraid = '0AAAA-b'", "gbraid 0AAAA-b", "gclid: what stands there means \"none\"")]
    [TestCase("gclid = '(not set)', wbraid = 'Cls_w'", "wbraid Cls_w", "means \"none\"")]
    [TestCase("gclid = 'https://shop.example/p?utm_source=google&gclid=Cj0KCQ-x_1&a=1'", "gclid Cj0KCQ-x_1", "taken out of an address")]
    [TestCase("gclid = 'gclid=Cj0KCQ-x_1'", "gclid Cj0KCQ-x_1", "taken out of an address")]
    [TestCase("gclid = 'Cj0KCQ%2Dx%5F1'", "gclid Cj0KCQ-x_1", "percent-decoded")]
    [TestCase("gclid = 'GCL.1732356000.Cj0KCQ-x_1'", "gclid Cj0KCQ-x_1", "Google's cookie")]
    [TestCase("""gclid = null, payload = '{"click_ids":{"gclid":"null","gbraid":" 0AAAA-b "}}'""", "gbraid 0AAAA-b", "means \"none\"")]
    public async Task The_click_id_is_taken_out_of_what_stands_there(string columns, string expected, string note)
    {
        var row = await AddRowAsync(columns);
        var sent = await SendAsync(row);
        await using var worker = NewWorker();
        var history = await worker.Get<RowHistoryReader>().FindAsync(row, CancellationToken.None);

        Assert.That($"{sent.ClickIdKind} {sent.ClickIdValue}", Is.EqualTo(expected));
        Assert.That(history!.Reading.Notes, Has.Some.Contains(note), "an operator is told");
    }

    [TestCase($$$"""payload = '{"hashed_phone_number":"{{{Phone}}}"}'""", "gclid", 1)]
    [TestCase($$$"""gclid = null, payload = '{"hashed_phone_number":"{{{Phone}}}"}'""", null, 1)]
    [TestCase($$$"""user_identifiers = '{"hashed_email":"{{{Mail}}}","hashedPhoneNumber":"{{{Phone}}}"}'""", "gclid", 2)]
    [TestCase($$$"""user_identifiers = '[{"type":"hashed_phone","value":"{{{Phone}}}"},{"type":"hashed_email","value":"{{{Mail}}}"}]'""", "gclid", 2)]
    [TestCase($$$"""user_identifiers = '{"hashed_phone":"{{{Phone}}}"}', payload = '{"hashed_phone_number":"{{{Phone}}}"}'""", "gclid", 1)]
    [TestCase("""payload = '{"hashed_phone_number":"+905321234567"}'""", "gclid", 0)]
    [TestCase("""payload = '{"hashed_email":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}'""", "gclid", 0)]
    [TestCase($$$"""payload = '{"hashed_phone_number":"{{{Phone}}}","consent":{"ad_user_data":"DENIED"}}'""", "gclid", 0)]
    [TestCase($$$"""payload = '{"hashed_phone_number":"{{{Phone}}}","consent":false}'""", "gclid", 0)]
    [TestCase($$$"""payload = '{"hashed_phone_number":"{{{Phone}}}","consent":"perhaps"}'""", "gclid", 0)]
    [TestCase($$$"""payload = '{"hashed_phone_number":"{{{Phone}}}","consent":"granted"}'""", "gclid", 1)]
    public async Task Hashed_identifiers_go_out_where_consent_allows(string columns, string? click, int identifiers)
    {
        foreach (var api in (string?[])[null, "data_manager"])
        {
            var sent = await SendAsync(columns, api);
            Assert.That((sent.ClickIdKind, sent.UserIdentifiers), Is.EqualTo((click, identifiers)), api);
        }
    }

    [Test]
    public async Task Identifiers_in_capitals_are_sent_as_google_takes_them()
    {
        var sent = await SendAsync($$$"""payload = '{"hashed_phone_number":" {{{Phone.ToUpperInvariant()}}} "}'""");

        Assert.That(sent.UserIdentifiers, Is.EqualTo(1), "the emulator refuses what is not lower-case");
    }

    [TestCase("""payload = '{"consent":"granted"}'""", ConsentStatus.Granted)]
    [TestCase("""payload = '{"consent":true}'""", ConsentStatus.Granted)]
    [TestCase("""payload = '{"consent":{"ad_user_data":false}}'""", ConsentStatus.Denied)]
    [TestCase("""payload = '{"consent":{"ad_user_data":"Granted"}}'""", ConsentStatus.Granted)]
    [TestCase("""payload = '{"consent":{"ad_user_data":1}}'""", ConsentStatus.Granted)]
    [TestCase("""payload = '{"consent":"0"}'""", ConsentStatus.Denied)]
    [TestCase("""payload = '{"consent":"perhaps"}'""", null)]
    public async Task Consent_is_read_as_it_is_written(string columns, ConsentStatus? expected) =>
        Assert.That((await SendAsync(columns)).Consent?.AdUserData, Is.EqualTo(expected));

    [TestCase("""payload = '{"order_id":4711}'""", "4711")]
    [TestCase("""payload = '{"order_id":" A-1 "}'""", "A-1")]
    public async Task The_order_id_may_be_a_number(string columns, string expected) =>
        Assert.That((await SendAsync(columns)).OrderId, Is.EqualTo(expected));

    [TestCase("order_id", "ayse@example.com")]
    [TestCase("order_id", "+90 532 123 45 67")]
    public async Task An_order_id_that_names_a_person_never_leaves(string field, string value)
    {
        var row = await AddRowAsync($$$"""payload = '{"{{{field}}}":"{{{value}}}"}'""");
        await using var worker = NewWorker();
        await worker.UploadAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(await OutcomeAsync(row), Does.StartWith("FAILED/ORDER_ID_CONTAINS_PII"));
            Assert.That(await OutcomeAsync(row), Does.Not.Contain(value));
            Assert.That(Google.Calls, Is.Empty);
        });
    }

    // Forms that the older AdWords API took, with the name of a zone. Istanbul keeps one time all year.
    [TestCase("yyyyMMdd HHmmss", "Europe/Istanbul")]
    [TestCase("yyyyMMdd HHmmss", "+03:00")]
    [TestCase("yyyy-MM-dd HH:mm:ss", "Europe/Istanbul")]
    public async Task A_time_may_be_compact_and_name_its_zone(string form, string zone)
    {
        var at = TimeProvider.System.GetUtcNow().AddDays(-3).ToOffset(TimeSpan.FromHours(3));
        var sent = await SendAsync(
            $$$"""payload = '{"conversion_time":"{{{at.ToString(form, CultureInfo.InvariantCulture)}}} {{{zone}}}"}'""");

        Assert.That(
            DateTimeOffset.Parse(sent.ConversionDateTime, CultureInfo.InvariantCulture).ToUnixTimeSeconds(), Is.EqualTo(at.ToUnixTimeSeconds()));
    }

    [TestCase("seconds", 1)]
    [TestCase("milliseconds", 1_000)]
    public async Task A_time_may_be_unix_time(string unit, long perSecond)
    {
        var at = TimeProvider.System.GetUtcNow().AddDays(-3).ToUnixTimeSeconds();
        var sent = await SendAsync($$$"""payload = '{"conversion_time":{{{at * perSecond}}}}'""");

        Assert.That(
            DateTimeOffset.Parse(sent.ConversionDateTime, CultureInfo.InvariantCulture).ToUnixTimeSeconds(), Is.EqualTo(at), unit);
    }

    [TestCase("conversion_time = now() + interval '5 hours'", "RETRY/CONVERSION_IN_FUTURE")]
    [TestCase("conversion_time = now() + interval '2 days'", "FAILED/INVALID_CONVERSION_TIME")]
    [TestCase("conversion_time = now() - interval '91 days'", "FAILED/CONVERSION_TOO_OLD")]
    [TestCase("conversion_time = 'infinity'", "FAILED/INVALID_CONVERSION_TIME")]
    [TestCase("conversion_time = '-infinity'", "FAILED/CONVERSION_TOO_OLD")]
    [TestCase("currency = 'XYZ'", "FAILED/INVALID_CURRENCY")]
    [TestCase("value_cents = -1", "FAILED/INVALID_VALUE")]
    [TestCase("value_cents = 12345, currency = 'XAF'", "FAILED/INVALID_VALUE")]
    [TestCase("gclid = 'two words'", "FAILED/INVALID_CLICK_ID")]
    [TestCase("gclid = 'undefined'", "FAILED/MISSING_CLICK_ID")]
    [TestCase("""payload = '{"value_cents":123.45}'""", "FAILED/INVALID_PAYLOAD")]
    [TestCase("""payload = '{"conversion_time":"2026-11-20 13:00:00"}'""", "FAILED/INVALID_PAYLOAD")]
    public async Task What_cannot_go_out_fails_or_waits_alone_and_unspent(string columns, string expected)
    {
        var row = await AddRowAsync(columns);
        await using var worker = NewWorker();
        await worker.UploadAsync();

        Assert.Multiple(async () =>
        {
            Assert.That(await OutcomeAsync(row), Does.StartWith(expected));
            Assert.That(
                await Database.ScalarAsync<int>("select retry_count from offline_conversion_queue where id = $1", row), Is.Zero);
            Assert.That(Google.Calls, Is.Empty);
        });
    }

    [Test]
    public async Task A_sale_of_tomorrow_is_sent_when_it_has_come()
    {
        var row = await AddRowAsync("conversion_time = now() + interval '3 seconds'");
        await using var worker = NewWorker();
        await worker.UploadAsync();
        var waiting = await OutcomeAsync(row);
        await Task.Delay(TimeSpan.FromSeconds(3.5));
        await worker.UploadAsync();

        Assert.That(waiting, Does.StartWith("RETRY/CONVERSION_IN_FUTURE"));
        Assert.That(await OutcomeAsync(row), Does.StartWith("COMPLETED"));
    }

    [TestCase(null)]
    [TestCase("data_manager")]
    public async Task Two_sales_of_one_click_in_one_second_are_both_counted(string? api)
    {
        var site = await AddSiteAsync(api);
        var rows = await Database.EnqueueAsync(site, 3);
        await Database.ExecuteAsync(
            "update offline_conversion_queue set gclid = 'Cj0same', conversion_time = date_trunc('second', now()) - interval '2 days'");
        await using var worker = NewWorker();
        await EndAsync(worker, api);

        Assert.Multiple(async () =>
        {
            Assert.That(await RowsAsync(site), Is.EqualTo("COMPLETED:3"));
            Assert.That(Google.EffectCount, Is.EqualTo(3));
            Assert.That(
                await Database.ScalarAsync<short[]>(
                    "select array_agg(coalesce(conversion_time_shift, 0::smallint) order by created_at) from offline_conversion_queue"),
                Is.EqualTo(new short[] { 0, 1, 2 }), "kept in the row");
            Assert.That(
                (await worker.Get<RowHistoryReader>().FindAsync(rows[2], CancellationToken.None))!.Reading.Notes,
                Has.Some.Contains("2 s later than sold"));
        });
    }

    [Test]
    public async Task A_resend_of_a_moved_sale_has_the_same_second()
    {
        var site = await AddSiteAsync((string?)null);
        await Database.EnqueueAsync(site, 2);
        await Database.ExecuteAsync(
            "update offline_conversion_queue set gclid = 'Cj0same', conversion_time = date_trunc('second', now()) - interval '2 days'");
        Google.QueueBehaviour(null, CallBehaviour.CutAfterAccept);
        await using var worker = NewWorker();
        await worker.UploadAsync();
        await MakeDueAsync();
        await worker.UploadAsync();

        Assert.That(await RowsAsync(site), Does.StartWith("COMPLETED").And.EndsWith(":2"));
        Assert.That(Google.EffectCount, Is.EqualTo(2), "each counted once, though each was sent twice");
    }

    /// <summary>Also where one of them was counted alone, and its answer lost: its order id tells which.</summary>
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    public async Task Two_sales_of_one_second_whose_worker_died_before_it_told_them_apart_are_both_counted(int sentBefore)
    {
        var site = await AddSiteAsync((string?)null);
        var rows = await Database.EnqueueAsync(site, 2);
        await Database.ExecuteAsync(
            "update offline_conversion_queue set gclid = 'Cj0same', conversion_time = date_trunc('second', now()) - interval '2 days'");
        await using var worker = NewWorker();
        if (sentBefore > 0)
        {
            await Database.ExecuteAsync("update offline_conversion_queue set status = 'FAILED' where id <> $1", rows[sentBefore - 1]);
            await worker.UploadAsync();
        }

        await Database.ExecuteAsync(
            "update offline_conversion_queue set claim_count = claim_count + 1, status = 'QUEUED', next_retry_at = null");
        await worker.UploadAsync();

        Assert.That(await RowsAsync(site), Does.Not.Contain("FAILED").And.Not.Contain("RETRY"));
        Assert.That(Google.EffectCount, Is.EqualTo(2));
    }

    [TestCase(null, false, "FAILED/COUNTED_FOR_ANOTHER_SALE:1")]
    [TestCase("data_manager", false, "FAILED/COUNTED_FOR_ANOTHER_SALE:1")]
    [TestCase(null, true, "COMPLETED/CLICK_CONVERSION_ALREADY_EXISTS:1")]
    [TestCase("data_manager", true, "COMPLETED/DUPLICATE_GCLID:1")]
    public async Task Already_exists_for_a_sale_that_was_never_sent_says_what_became_of_it(
        string? api, bool otherSender, string expected)
    {
        var site = await AddSiteAsync(api);
        await Database.EnqueueAsync(site, 1, "err-CLICK_CONVERSION_ALREADY_EXISTS-proc-DUPLICATE_GCLID");
        await using var worker = otherSender
            ? NewWorker(("Upload:OtherSenderUntil", TimeProvider.System.GetUtcNow().ToString("O", CultureInfo.InvariantCulture)))
            : NewWorker();
        await EndAsync(worker, api);

        Assert.That(await RowsAsync(site), Is.EqualTo(expected));
    }

    private Task<Guid> AddSiteAsync(string? api) => AddSiteAsync(api, 1);

    private async Task<Guid> AddSiteAsync(string? api, int number)
    {
        var site = await Database.AddSiteAsync();
        await Database.AddCredentialsAsync(Worker.Vault, site, CustomerId(number), $"CANARY-refresh-{number}", api);
        return site;
    }

    private async Task<Guid> AddRowAsync(string columns, string? api = null)
    {
        var row = (await Database.EnqueueAsync(await AddSiteAsync(api, api is null ? 1 : 2), 1, "Cj0KCQ-row")).Single();
        await Database.ExecuteAsync($"update offline_conversion_queue set {columns} where id = $1", row);
        return row;
    }

    private async Task<AcceptedConversion> SendAsync(string columns, string? api = null) =>
        await SendAsync(await AddRowAsync(columns, api), api);

    private async Task<AcceptedConversion> SendAsync(Guid row, string? api = null)
    {
        await using var worker = NewWorker();
        await EndAsync(worker, api);
        Assert.That(await OutcomeAsync(row), Does.StartWith("COMPLETED"));
        return Google.Accepted[^1];
    }

    private async Task EndAsync(Worker worker, string? api)
    {
        await worker.UploadAsync();
        if (api is null)
            return;
        await Task.Delay(Google.ProcessingDelay + TimeSpan.FromSeconds(0.5));
        await Database.ExecuteAsync("update provider_upload_requests set next_check_at = now()");
        await worker.ConfirmAsync();
    }

    private async Task<string> OutcomeAsync(Guid row) => (await Database.ScalarAsync<string>(
        "select status || coalesce('/' || provider_error_code, '') || coalesce(' ' || last_error, '') from offline_conversion_queue where id = $1",
        row))!;
}
