using System.Globalization;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>
/// What an account's settings mean for a site's uploads (Google's guides to importing click conversions and to enhanced
/// conversions for leads).
/// </summary>
internal static class AccountChecks
{
    // Google's longest, and its default.
    private const int LongestWindow = 90;
    private const int UsualWindow = 30;

    public static IReadOnlyList<AccountFinding> Of(AccountAccess access, AccountSettings settings, WaitingSales sales) =>
    [
        AccountFinding.Ok(
            "account", $"{Dashed(access.CustomerId)}, {settings.Customer.CurrencyCode}, {settings.Customer.TimeZone}"),
        .. settings.Action is { } action
            ? OfAction(access, action, settings.Customer, sales)
            : [Missing(access, settings)],
        settings.Customer.AutoTaggingEnabled
            ? AccountFinding.Ok("auto-tagging", "on")
            : AccountFinding.Stop(
                "auto-tagging",
                "off: clicks come without a click id, so no sale can be counted for them",
                "Google Ads, Admin, Account settings, Auto-tagging: tag the URL."),
        Identifiers(settings.Customer, sales),
        Currency(settings.Customer, sales),
    ];

    /// <summary>The account could not be asked.</summary>
    public static IReadOnlyList<AccountFinding> OfFault(AccountAccess access, UploadOutcome fault)
    {
        var used = access.LoginCustomerId is { } login
            ? $"asked for customer_id {Dashed(access.CustomerId)} through login_customer_id {Dashed(login)}"
            : $"asked for customer_id {Dashed(access.CustomerId)} without a login_customer_id";
        var said = $"{used}: {fault.Code}. {fault.Message}".TrimEnd();
        return [fault switch
        {
            { Code: "ACCESS_TOKEN_SCOPE_INSUFFICIENT" } => AccountFinding.Warning(
                "account",
                "not looked at: the consent does not cover the Google Ads API",
                $"Uploads do not need it. To have the account checked, renew the consent with the scope {AccountAccess.Scope} too."),
            // Whoever uploads by Data Manager needs no access to the Google Ads API.
            { Category: ErrorCategory.Auth or ErrorCategory.Configuration } when access.MustOwnAction => AccountFinding.Warning(
                "account", $"not looked at: {said}", "Check it by hand in Google Ads, or give the login access to the Google Ads API."),
            { Category: ErrorCategory.Auth or ErrorCategory.Configuration or ErrorCategory.Validation } => AccountFinding.Stop(
                "account",
                said,
                "Check both ids: customer_id is the account of the action, login_customer_id a manager over it that the consent's "
                + "user may use, or nothing where that user is a user of the account itself."),
            _ => AccountFinding.Warning("account", $"not looked at: {said}", "Try again."),
        }];
    }

    private static IEnumerable<AccountFinding> OfAction(
        AccountAccess access, ActionAnswer action, CustomerAnswer customer, WaitingSales sales)
    {
        var name = $"{access.ActionId} \"{action.Name}\"";
        yield return action.Status == "ENABLED"
            ? AccountFinding.Ok("action", $"{name} is enabled")
            : AccountFinding.Stop(
                "action", $"{name} is {action.Status}: Google refuses its conversions", "Enable it in Google Ads, Goals, or name another.");
        yield return action.Type == "UPLOAD_CLICKS"
            ? AccountFinding.Ok("type", "UPLOAD_CLICKS")
            : AccountFinding.Stop(
                "type",
                $"{action.Type}, which takes no uploaded clicks",
                "Make a conversion action by Goals, New conversion action, Import, Track conversions from clicks, and name that one.");
        yield return Owner(access, action, customer);
        yield return Counting(action, sales);
        yield return Window(action);
        yield return action.ValueSettings?.AlwaysUseDefaultValue == true
            ? AccountFinding.Warning(
                "value",
                "the action always uses its default value: the amounts of sales are ignored",
                "Set its value to \"Use different values for each conversion\".")
            : AccountFinding.Ok("value", "as each sale says");
    }

    private static AccountFinding Missing(AccountAccess access, AccountSettings settings)
    {
        var others = settings.Others.Count == 0
            ? "The account has no enabled action of type UPLOAD_CLICKS."
            : $"It has: {string.Join(", ", settings.Others.Select(other => $"{other.Id} \"{other.Name}\""))}.";
        const string Cure = "Take the action's id from the address of its page in Google Ads (ctId=), not from the tag.";
        return settings.Customer.ConversionTrackingSetting?.ConversionTrackingId?.ToString(CultureInfo.InvariantCulture) == access.ActionId
            ? AccountFinding.Stop("action", $"{access.ActionId} is the number of the account's tag (AW-), not of an action. {others}", Cure)
            : AccountFinding.Stop("action", $"the account has no conversion action {access.ActionId}. {others}", Cure);
    }

    private static AccountFinding Owner(AccountAccess access, ActionAnswer action, CustomerAnswer customer)
    {
        // Absent for actions of the system.
        var owner = IdOf(action.OwnerCustomer) ?? IdOf(customer.ConversionTrackingSetting?.GoogleAdsConversionCustomer);
        return owner is null || owner == access.CustomerId ? AccountFinding.Ok("owner", "the account itself")
            : access.MustOwnAction ? AccountFinding.Stop(
                "owner",
                $"the action is {Dashed(owner)}'s: the Data Manager API takes conversions at their owner only",
                $"Set customer_id to {Dashed(owner)}, and login_customer_id to it or to a manager over it.")
            : AccountFinding.Ok("owner", $"{Dashed(owner)}, which counts conversions for this account");
    }

    private static AccountFinding Counting(ActionAnswer action, WaitingSales sales)
    {
        const string Cure = "Set its count to \"Every\".";
        return action.CountingType == "MANY_PER_CLICK" ? AccountFinding.Ok("counting", "every sale of a click")
            : sales.Braids > 0 ? AccountFinding.Stop(
                "counting",
                $"one sale per click, with which Google refuses gbraid and wbraid; {Of(sales.Braids, sales)} have one",
                Cure)
            : AccountFinding.Warning(
                "counting", "one sale per click: a second sale of a click is not counted, and gbraid and wbraid are refused", Cure);
    }

    private static AccountFinding Window(ActionAnswer action) => action.ClickThroughLookbackWindowDays switch
    {
        null => AccountFinding.Warning("window", "Google does not say how long after its click a sale counts", "Look at the action in Google Ads."),
        >= UsualWindow and var days => AccountFinding.Ok("window", $"a sale counts up to {days} days after its click"),
        var days => AccountFinding.Warning(
            "window",
            $"a sale counts only up to {days} days after its click; a later one is refused (EXPIRED_EVENT)",
            $"Set its click-through window to as long as a sale may take, at most {LongestWindow} days."),
    };

    private static AccountFinding Identifiers(CustomerAnswer customer, WaitingSales sales)
    {
        var tracking = customer.ConversionTrackingSetting;
        string[] missing =
        [
            .. tracking?.AcceptedCustomerDataTerms == true ? (string[])[] : ["the customer data terms are not accepted"],
            .. tracking?.TakesLeads == true ? (string[])[] : ["enhanced conversions for leads are off"],
        ];
        if (missing.Length == 0)
            return AccountFinding.Ok("identifiers", "hashed identifiers are taken");
        var message = string.Join(" and ", missing);
        return sales.Hashed == 0
            ? AccountFinding.Ok("identifiers", $"{message}; no waiting sale has any")
            : AccountFinding.Stop(
                "identifiers",
                $"{message}; {Of(sales.Hashed, sales)} have hashed identifiers, and Google refuses them",
                "Google Ads, Goals, Settings: accept the customer data terms and turn on enhanced conversions for leads.");
    }

    private static AccountFinding Currency(CustomerAnswer customer, WaitingSales sales)
    {
        var foreign = sales.Currencies.Where(pair => pair.Key != customer.CurrencyCode).OrderByDescending(pair => pair.Value)
            .Select(pair => $"{pair.Value} {pair.Key}").ToList();
        return sales.Count == 0 ? AccountFinding.Ok("currency", $"{customer.CurrencyCode}; no sale waits to compare")
            : foreign.Count == 0 ? AccountFinding.Ok("currency", $"{customer.CurrencyCode}, as the waiting sales")
            : AccountFinding.Warning(
                "currency",
                $"the account counts in {customer.CurrencyCode}; of {sales.Count} waiting sales: {string.Join(", ", foreign)}",
                "Right if they were sold so: Google converts. If not, the dashboard writes a wrong currency.");
    }

    private static string Of(int some, WaitingSales sales) => $"{some} of {sales.Count} waiting sales";

    private static string? IdOf(string? resourceName) =>
        resourceName?.Split('/') is ["customers", var id] ? id : null;

    /// <summary>An account's id as people write it.</summary>
    public static string Dashed(string id) => id.Length == 10 ? $"{id[..3]}-{id[3..6]}-{id[6..]}" : id;
}
