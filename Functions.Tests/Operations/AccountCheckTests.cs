using OpsMantik.Core.Operations;
using OpsMantik.Core.Providers;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Local.GoogleEmulator.GoogleAds;

namespace OpsMantik.Functions.Tests.Operations;

/// <summary>What the account of a site says of its uploads, asked of Google over HTTP.</summary>
[TestFixture("google_ads")]
[TestFixture("data_manager")]
internal sealed class AccountCheckTests(string uploadApi) : Scenario
{
    private const string Customer = "1234567890";
    private const long Action = 456;

    [Test]
    public async Task An_account_that_is_set_up_right_is_all_ok()
    {
        var verification = await VerifyAsync(await AddSiteAsync());

        Assert.That(verification.Works, Is.True);
        Assert.That(
            verification.Account.Select(finding => finding.Check),
            Is.EqualTo((string[])
            [
                "account", "action", "type", "owner", "counting", "window", "value", "auto-tagging", "identifiers", "currency",
            ]));
        Assert.That(verification.Account.Select(finding => finding.Severity), Is.All.EqualTo(FindingSeverity.Ok));
        Assert.That(Find(verification, "account").Message, Is.EqualTo("123-456-7890, TRY, Europe/Istanbul"));
        Assert.That(Google.SearchCalls.Select(call => call.Status), Is.EqualTo((int[])[200, 200]));
    }

    private static IEnumerable<TestCaseData> Faults()
    {
        TestCaseData Case(string name, AdsAccount account, string check, FindingSeverity severity, string message, string cure) =>
            new TestCaseData(account, check, severity, message, cure).SetArgDisplayNames(name);

        AdsAccount With(AdsAction action) => new() { Actions = [action] };
        var good = new AdsAction(Action);
        yield return Case(
            "no such action",
            new AdsAccount { Actions = [new AdsAction(77) { Name = "Sale" }, new AdsAction(78) { Status = "REMOVED" }] },
            "action", FindingSeverity.Stop, "the account has no conversion action 456. It has: 77 \"Sale\".", "ctId=");
        yield return Case(
            "no action at all", new AdsAccount { Actions = [] },
            "action", FindingSeverity.Stop, "The account has no enabled action of type UPLOAD_CLICKS.", "ctId=");
        yield return Case(
            "the tag's number", new AdsAccount { Actions = [], TagId = Action },
            "action", FindingSeverity.Stop, "456 is the number of the account's tag (AW-), not of an action.", "ctId=");
        yield return Case(
            "removed", With(good with { Status = "REMOVED" }),
            "action", FindingSeverity.Stop, "456 \"Phone sale\" is REMOVED: Google refuses its conversions", "Enable it");
        yield return Case(
            "hidden", With(good with { Status = "HIDDEN" }), "action", FindingSeverity.Stop, "is HIDDEN", "Enable it");
        yield return Case(
            "of a website", With(good with { Type = "WEBPAGE" }),
            "type", FindingSeverity.Stop, "WEBPAGE, which takes no uploaded clicks", "Import");
        yield return Case(
            "counts once", With(good with { CountingType = "ONE_PER_CLICK" }),
            "counting", FindingSeverity.Warning, "a second sale of a click is not counted", "\"Every\"");
        yield return Case(
            "short window", With(good with { LookbackDays = 7 }),
            "window", FindingSeverity.Warning, "up to 7 days after its click; a later one is refused", "at most 90 days");
        yield return Case(
            "default value", With(good with { AlwaysUseDefaultValue = true }),
            "value", FindingSeverity.Warning, "the amounts of sales are ignored", "different values");
        yield return Case(
            "no auto-tagging", new AdsAccount { AutoTagging = false },
            "auto-tagging", FindingSeverity.Stop, "off: clicks come without a click id", "Auto-tagging");
        yield return Case(
            "no terms, no identifiers", new AdsAccount { CustomerDataTerms = false },
            "identifiers", FindingSeverity.Ok, "the customer data terms are not accepted; no waiting sale has any", "");
    }

    [TestCaseSource(nameof(Faults))]
    public async Task What_is_set_up_wrongly_is_named_with_its_cure(
        AdsAccount account, string check, FindingSeverity severity, string message, string cure)
    {
        Google.SetAccount(Customer, account);

        var verification = await VerifyAsync(await AddSiteAsync());

        var finding = Find(verification, check);
        Assert.That(finding.Severity, Is.EqualTo(severity));
        Assert.That(finding.Message, Does.Contain(message));
        Assert.That(finding.Cure ?? "", Does.Contain(cure));
        Assert.That(verification.Works, Is.EqualTo(severity != FindingSeverity.Stop));
        Assert.That(
            verification.Account.Where(other => other != finding).Select(other => other.Severity),
            Is.All.EqualTo(FindingSeverity.Ok), "nothing else is at fault");
    }

    [Test]
    public async Task An_action_of_the_manager_is_right_for_one_api_and_a_stop_for_the_other()
    {
        Google.SetAccount(Customer, new AdsAccount { ConversionCustomer = "9998887777" });

        var finding = Find(await VerifyAsync(await AddSiteAsync()), "owner");

        Assert.That(finding.Message, Does.Contain("999-888-7777"));
        Assert.That(finding.Severity, Is.EqualTo(IsDataManager ? FindingSeverity.Stop : FindingSeverity.Ok));
        Assert.That(finding.Cure, IsDataManager ? Does.Contain("Set customer_id to 999-888-7777") : Is.Null);
    }

    [Test]
    public async Task An_action_of_the_system_has_no_owner_and_is_the_accounts()
    {
        Google.SetAccount(Customer, new AdsAccount { Actions = [new AdsAction(Action) { HasOwner = false }] });

        Assert.That(Find(await VerifyAsync(await AddSiteAsync()), "owner").Severity, Is.EqualTo(FindingSeverity.Ok));
    }

    [Test]
    public async Task The_waiting_sales_are_compared_whether_due_or_not()
    {
        Google.SetAccount(Customer, new AdsAccount
        {
            CurrencyCode = "USD",
            EnhancedConversionsForLeads = false,
            Actions = [new AdsAction(Action) { CountingType = "ONE_PER_CLICK" }],
        });
        var site = await AddSiteAsync();
        var rows = await Database.EnqueueAsync(site, 4);
        await Database.ExecuteAsync("update offline_conversion_queue set currency = 'usd' where id = $1", rows[0]);
        await Database.ExecuteAsync(
            """
            update offline_conversion_queue
            set gclid = null, gbraid = 'Braid-0123456789abcdefghij', next_retry_at = now() + interval '1 day',
                payload = jsonb_build_object('hashed_phone_number', repeat('ab', 32))
            where id = $1
            """,
            rows[1]);

        var verification = await VerifyAsync(site);

        Assert.That(
            Find(verification, "currency"),
            Is.EqualTo(new AccountFinding(
                "currency", FindingSeverity.Warning, "the account counts in USD; of 4 waiting sales: 3 TRY",
                "Right if they were sold so: Google converts. If not, the dashboard writes a wrong currency.")));
        Assert.That(Find(verification, "counting").Severity, Is.EqualTo(FindingSeverity.Stop));
        Assert.That(Find(verification, "counting").Message, Does.Contain("1 of 4 waiting sales have one"));
        Assert.That(Find(verification, "identifiers").Severity, Is.EqualTo(FindingSeverity.Stop));
        Assert.That(
            Find(verification, "identifiers").Message,
            Is.EqualTo("enhanced conversions for leads are off; 1 of 4 waiting sales have hashed identifiers, and Google refuses them"));
    }

    [TestCase("v24")]
    [TestCase("v26")]
    public async Task Each_version_is_asked_by_the_fields_that_it_has(string version)
    {
        Google.SetAccount(Customer, new AdsAccount { EnhancedConversionsForLeads = false });

        var verification = await VerifyAsync(await AddSiteAsync(), ("GoogleAds:ApiVersion", version));

        Assert.That(
            Find(verification, "identifiers").Message, Is.EqualTo("enhanced conversions for leads are off; no waiting sale has any"));
        Assert.That(Google.SearchCalls[0].Query.Contains("effective_enablement_setting", StringComparison.Ordinal), Is.EqualTo(version == "v26"));
    }

    [Test]
    public async Task A_wrong_manager_is_named_with_the_ids_that_were_used()
    {
        Google.SetAccount(Customer, new AdsAccount { Manager = "5554443333" });

        var finding = (await VerifyAsync(await AddSiteAsync("9998887777"))).Account.Single();

        Assert.That(finding.Severity, Is.EqualTo(IsDataManager ? FindingSeverity.Warning : FindingSeverity.Stop));
        Assert.That(
            finding.Message,
            Does.Contain("customer_id 123-456-7890 through login_customer_id 999-888-7777").And.Contain("USER_PERMISSION_DENIED"));
        Assert.That((await VerifyAsync(await AddSiteAsync("5554443333"))).Works, Is.True);
    }

    [Test]
    public async Task Without_the_scope_of_the_ads_api_the_account_is_not_looked_at()
    {
        var site = await AddSiteAsync(refreshToken: "CANARY-datamanageronly");

        var verification = await VerifyAsync(site);

        if (!IsDataManager)
        {
            Assert.That((verification.Access.Result, verification.Works), Is.EqualTo((AccessResult.Refused, false)));
            return;
        }

        Assert.That(verification.Works, Is.True, "uploads need no such scope");
        Assert.That(verification.Account.Single().Severity, Is.EqualTo(FindingSeverity.Warning));
        Assert.That(verification.Account.Single().Cure, Does.Contain("https://www.googleapis.com/auth/adwords"));
    }

    [Test]
    public async Task A_search_that_fails_is_a_warning_and_not_a_verdict()
    {
        var site = await AddSiteAsync();
        foreach (var behaviour in (CallBehaviour[])[CallBehaviour.ServerError(503), CallBehaviour.Garbage, CallBehaviour.Hang])
        {
            Google.SetBehaviour(Customer, behaviour, CallTarget.Search);

            var verification = await VerifyAsync(site, ("GoogleAds:RequestTimeout", "00:00:01"));

            Assert.That(verification.Works, Is.True, $"{behaviour.Kind}");
            Assert.That(verification.Account.Single().Severity, Is.EqualTo(FindingSeverity.Warning), $"{behaviour.Kind}");
            Assert.That(verification.Account.Single().Message, Does.StartWith("not looked at: "), $"{behaviour.Kind}");
        }
    }

    [Test]
    public async Task Names_of_the_account_are_shown_without_what_a_terminal_obeys()
    {
        Google.SetAccount(Customer, new AdsAccount { Actions = [new AdsAction(Action) { Name = "CANARY-refresh\u001b[2J sale" }] });

        var finding = Find(await VerifyAsync(await AddSiteAsync()), "action");

        Assert.That(finding.Message, Is.EqualTo("456 \"[redacted]\\u001B[2J sale\" is enabled"));
    }

    private bool IsDataManager => uploadApi == "data_manager";

    private static AccountFinding Find(SiteVerification verification, string check) =>
        verification.Account.Single(finding => finding.Check == check);

    private async Task<Guid> AddSiteAsync(string? login = null, string refreshToken = "CANARY-refresh")
    {
        var site = await Database.AddSiteAsync();
        await Database.AddCredentialsAsync(Worker.Vault, site, Customer, refreshToken, uploadApi, login);
        return site;
    }

    private async Task<SiteVerification> VerifyAsync(Guid site, params (string Name, string Value)[] settings)
    {
        await using var worker = NewWorker(settings);
        return (await worker.Get<CredentialVerification>().VerifyAsync(site, "google_ads", CancellationToken.None))!;
    }
}
