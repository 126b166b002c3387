using Microsoft.Extensions.Options;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>Asks Google Ads how a site's account and its conversion action are set up. Changes nothing.</summary>
internal sealed class AccountReader(GoogleAdsSearch search, IOptions<GoogleAdsOptions> options)
{
    private const string ActionQuery =
        "SELECT conversion_action.id, conversion_action.name, conversion_action.status, conversion_action.type, "
        + "conversion_action.counting_type, conversion_action.owner_customer, "
        + "conversion_action.click_through_lookback_window_days, conversion_action.value_settings.always_use_default_value "
        + "FROM conversion_action WHERE conversion_action.id = ";

    /// <summary>The actions that take uploaded clicks.</summary>
    public const string UploadActionsQuery =
        "SELECT conversion_action.id, conversion_action.name FROM conversion_action "
        + "WHERE conversion_action.type = 'UPLOAD_CLICKS' AND conversion_action.status = 'ENABLED'";

    private const string Setting = "customer.conversion_tracking_setting";

    // v26 replaced the switch for leads by one for the account (its versions are compared in Google's diff tool).
    private const int FirstWithEnablementSetting = 26;
    private const int MostOffered = 5;

    private readonly GoogleAdsOptions _options = options.Value;

    /// <returns>What Google says; or the outcome of a call that failed.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled. A time limit of ours is a fault.</exception>
    public async Task<(AccountSettings? Settings, UploadOutcome? Fault)> ReadAsync(
        AccountAccess access, CancellationToken cancellationToken)
    {
        var (customers, fault) = await search.SearchAsync(access, CustomerQuery(), cancellationToken).ConfigureAwait(false);
        if (fault is not null)
            return (null, fault);
        if (customers is not [{ Customer: { } customer }, ..])
            return (null, ErrorTable.Unknown("INVALID_RESPONSE", "Google's answer holds no account."));
        (var actions, fault) = await search.SearchAsync(access, ActionQuery + access.ActionId, cancellationToken).ConfigureAwait(false);
        if (fault is not null)
            return (null, fault);
        if (actions is [{ ConversionAction: { } action }, ..])
            return (new AccountSettings(customer, action, []), null);
        // So that the person sees which one was meant.
        (var others, fault) = await search.SearchAsync(access, UploadActionsQuery, cancellationToken).ConfigureAwait(false);
        return fault is not null
            ? (null, fault)
            : (new AccountSettings(customer, null, [.. others!.Select(row => row?.ConversionAction).OfType<ActionAnswer>().Take(MostOffered)]), null);
    }

    private string CustomerQuery()
    {
        var leads = _options.ApiNumber >= FirstWithEnablementSetting
            ? "effective_enablement_setting"
            : "enhanced_conversions_for_leads_enabled";
        return "SELECT customer.id, customer.currency_code, customer.time_zone, customer.auto_tagging_enabled, "
            + $"{Setting}.conversion_tracking_id, {Setting}.google_ads_conversion_customer, "
            + $"{Setting}.accepted_customer_data_terms, {Setting}.{leads} FROM customer";
    }
}

/// <summary>How to ask about a site's account. Prints itself redacted.</summary>
/// <param name="CustomerId">Ten digits.</param>
/// <param name="ActionId">Digits.</param>
/// <param name="LoginCustomerId">Ten digits of the manager account, if access goes through one.</param>
/// <param name="DeveloperToken">As in <see cref="GoogleAdsCredentials"/>.</param>
/// <param name="Grant">What gives tokens of the scope <see cref="Scope"/>.</param>
/// <param name="MustOwnAction">The upload API takes conversions for the account's own actions only.</param>
internal sealed record AccountAccess(
    string CustomerId, string ActionId, string? LoginCustomerId, string? DeveloperToken, ITokenGrant Grant, bool MustOwnAction)
{
    public const string Scope = "https://www.googleapis.com/auth/adwords";

    public override string ToString() => "[redacted]";
}

/// <summary>How an account is set up.</summary>
/// <param name="Customer">The account.</param>
/// <param name="Action">Null when it has no such conversion action.</param>
/// <param name="Others">Then, actions that would do.</param>
internal sealed record AccountSettings(CustomerAnswer Customer, ActionAnswer? Action, IReadOnlyList<ActionAnswer> Others);
