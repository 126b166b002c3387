using System.Globalization;

namespace OpsMantik.Local.GoogleEmulator.GoogleAds;

/// <summary>An account as <c>googleAds:search</c> tells of it. As it is made, everything in it is set up as it should be.</summary>
public sealed record AdsAccount
{
    public string CurrencyCode { get; init; } = "TRY";

    public string TimeZone { get; init; } = "Europe/Istanbul";

    public bool AutoTagging { get; init; } = true;

    public bool CustomerDataTerms { get; init; } = true;

    public bool EnhancedConversionsForLeads { get; init; } = true;

    /// <summary>The account whose conversions these are; null: its own.</summary>
    public string? ConversionCustomer { get; init; }

    /// <summary>The manager that calls must name; null: the account is reached without one, and is listed as accessible.</summary>
    public string? Manager { get; init; }

    public string Name { get; init; } = "Shop";

    public bool IsManager { get; init; }

    /// <summary>It is listed as accessible, and every question about it is refused.</summary>
    public bool IsClosed { get; init; }

    /// <summary>The number of its tag, after <c>AW-</c>.</summary>
    public long TagId { get; init; } = 987654321;

    /// <summary>Its conversion actions; null: whichever is asked for is one, and all right.</summary>
    public IReadOnlyList<AdsAction>? Actions { get; init; }

    /// <summary>How its upload summaries differ from what it was really sent.</summary>
    public SummaryDeviation Summaries { get; init; } = new();
}

/// <summary>A conversion action of an account.</summary>
public sealed record AdsAction(long Id)
{
    public string Name { get; init; } = "Phone sale";

    public string Status { get; init; } = "ENABLED";

    public string Type { get; init; } = "UPLOAD_CLICKS";

    public string CountingType { get; init; } = "MANY_PER_CLICK";

    public int LookbackDays { get; init; } = 90;

    public bool AlwaysUseDefaultValue { get; init; }

    /// <summary>False: an action of the system, which no customer owns.</summary>
    public bool HasOwner { get; init; } = true;
}

/// <summary>The fields of an account by their names in a query, as a version has them.</summary>
internal sealed class AccountFields(AdsAccount account, string customerId, int version)
{
    public static AccountFields Of(AdsAccount account, SearchCall call) =>
        new(account, call.CustomerId, int.Parse(call.ApiVersion.AsSpan(1), CultureInfo.InvariantCulture));

    private string Owner => $"customers/{account.ConversionCustomer ?? customerId}";

    /// <param name="resource"><c>customer</c> or <c>conversion_action</c>.</param>
    /// <param name="action">The action asked for; null: all of them.</param>
    /// <param name="ifNone">A row all the same where the account has none.</param>
    public IReadOnlyList<Dictionary<string, object?>> Rows(string resource, string? action, bool ifNone = false) =>
        resource == "customer" ? [Customer()]
        : account.Actions is null || (ifNone && account.Actions.Count == 0)
            ? action is null ? [] : [Action(new AdsAction(long.Parse(action, CultureInfo.InvariantCulture)))]
            : [.. account.Actions.Select(Action)];

    /// <summary>A row of <c>customer_client</c>: the account as itself, or as one under another.</summary>
    public static Dictionary<string, object?> Client(string customerId, AdsAccount account) => new()
    {
        ["customer_client.id"] = customerId,
        ["customer_client.descriptive_name"] = account.Name,
        ["customer_client.manager"] = account.IsManager,
        ["customer_client.status"] = "ENABLED",
    };

    private Dictionary<string, object?> Action(AdsAction action) => new()
    {
        ["conversion_action.id"] = action.Id,
        ["conversion_action.name"] = action.Name,
        ["conversion_action.status"] = action.Status,
        ["conversion_action.type"] = action.Type,
        ["conversion_action.counting_type"] = action.CountingType,
        ["conversion_action.owner_customer"] = action.HasOwner ? Owner : null,
        ["conversion_action.click_through_lookback_window_days"] = action.LookbackDays,
        ["conversion_action.value_settings.always_use_default_value"] = action.AlwaysUseDefaultValue,
    };

    private Dictionary<string, object?> Customer()
    {
        const string Tracking = "customer.conversion_tracking_setting";
        var fields = new Dictionary<string, object?>
        {
            ["customer.id"] = customerId,
            ["customer.currency_code"] = account.CurrencyCode,
            ["customer.time_zone"] = account.TimeZone,
            ["customer.auto_tagging_enabled"] = account.AutoTagging,
            [$"{Tracking}.conversion_tracking_id"] = account.TagId,
            [$"{Tracking}.google_ads_conversion_customer"] = Owner,
            [$"{Tracking}.accepted_customer_data_terms"] = account.CustomerDataTerms,
        };
        // v26 replaced the switch for leads by one for the account.
        if (version >= 26)
            fields[$"{Tracking}.effective_enablement_setting"] = account.EnhancedConversionsForLeads ? "ON" : "OFF";
        else
            fields[$"{Tracking}.enhanced_conversions_for_leads_enabled"] = account.EnhancedConversionsForLeads;
        return fields;
    }
}
