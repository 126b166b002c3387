namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>SearchGoogleAdsRequest; the customer is in the path.</summary>
internal sealed record SearchRequest(string Query, string? PageToken = null);

/// <summary>A page of an answer. What Google leaves out is null, a false or a zero among it.</summary>
internal sealed record SearchResponse(IReadOnlyList<SearchRow?>? Results, string? NextPageToken = null);

/// <summary>One row of an answer; of its members those that were asked for.</summary>
internal sealed record SearchRow(
    CustomerAnswer? Customer = null,
    ActionAnswer? ConversionAction = null,
    ClientAnswer? CustomerClient = null,
    UploadSummaryAnswer? OfflineConversionUploadConversionActionSummary = null)
{
    /// <summary>Texts that people wrote, made safe to show.</summary>
    public SearchRow Clean(SecretScrubber scrubber) => this with
    {
        Customer = Customer is { } customer
            ? customer with { CurrencyCode = scrubber.Clean(customer.CurrencyCode), TimeZone = scrubber.Clean(customer.TimeZone) }
            : null,
        ConversionAction = ConversionAction is { } action
            ? action with
            {
                Name = scrubber.Clean(action.Name),
                Status = scrubber.Identifier(action.Status),
                Type = scrubber.Identifier(action.Type),
            }
            : null,
        CustomerClient = CustomerClient is { } client ? client with { DescriptiveName = scrubber.Clean(client.DescriptiveName) } : null,
        OfflineConversionUploadConversionActionSummary = OfflineConversionUploadConversionActionSummary?.Clean(scrubber),
    };
}

/// <summary>ListAccessibleCustomersResponse: resource names of the accounts that a person is a user of.</summary>
internal sealed record AccessibleCustomers(IReadOnlyList<string?>? ResourceNames);

/// <summary>An account under another one, or that one itself.</summary>
internal sealed record ClientAnswer(long? Id, string? DescriptiveName, bool Manager);

/// <summary>A Google Ads account, as far as uploads depend on it.</summary>
internal sealed record CustomerAnswer(
    string? CurrencyCode, string? TimeZone, bool AutoTaggingEnabled, ConversionTrackingAnswer? ConversionTrackingSetting);

/// <summary>How an account counts conversions.</summary>
/// <param name="ConversionTrackingId">The number of its tag, which people take for an action's.</param>
/// <param name="GoogleAdsConversionCustomer">Resource name of the account whose conversions these are.</param>
/// <param name="AcceptedCustomerDataTerms">Whether its owner has agreed to send hashed identifiers.</param>
/// <param name="EnhancedConversionsForLeadsEnabled">Until v25.</param>
/// <param name="EffectiveEnablementSetting">Since v26: ON or OFF.</param>
internal sealed record ConversionTrackingAnswer(
    long? ConversionTrackingId,
    string? GoogleAdsConversionCustomer,
    bool AcceptedCustomerDataTerms,
    bool EnhancedConversionsForLeadsEnabled,
    string? EffectiveEnablementSetting)
{
    /// <summary>Whether hashed identifiers are used.</summary>
    public bool TakesLeads => EnhancedConversionsForLeadsEnabled || EffectiveEnablementSetting == "ON";
}

/// <summary>A conversion action.</summary>
internal sealed record ActionAnswer(
    long? Id,
    string? Name,
    string? Status,
    string? Type,
    string? CountingType,
    string? OwnerCustomer,
    int? ClickThroughLookbackWindowDays,
    ValueSettingsAnswer? ValueSettings);

internal sealed record ValueSettingsAnswer(bool AlwaysUseDefaultValue);

/// <summary>What Google made of the uploads to one conversion action by one client (offline_conversion_upload_client_summary.proto).</summary>
/// <param name="Client">As <c>GOOGLE_ADS_API</c>; which one Data Manager's uploads stand under is not documented.</param>
/// <param name="LastUploadDateTime">In the account's time zone.</param>
/// <param name="DailySummaries">The last days; how many, Google does not document.</param>
/// <param name="JobSummaries">The last requests, likewise.</param>
/// <param name="Alerts">Of the most recent day with an upload alone.</param>
internal sealed record UploadSummaryAnswer(
    string? Client,
    long? ConversionActionId,
    string? ConversionActionName,
    string? Status,
    long TotalEventCount,
    long SuccessfulEventCount,
    long PendingEventCount,
    string? LastUploadDateTime,
    IReadOnlyList<UploadCountAnswer?>? DailySummaries,
    IReadOnlyList<UploadCountAnswer?>? JobSummaries,
    IReadOnlyList<UploadAlertAnswer?>? Alerts)
{
    public UploadSummaryAnswer Clean(SecretScrubber scrubber) => this with
    {
        Client = scrubber.Identifier(Client),
        ConversionActionName = scrubber.Clean(ConversionActionName),
        Status = scrubber.Identifier(Status),
        LastUploadDateTime = scrubber.Clean(LastUploadDateTime),
        Alerts = [.. (Alerts ?? []).OfType<UploadAlertAnswer>().Select(alert => alert.Clean(scrubber))],
    };
}

/// <summary>Counts of a day or of a job: exactly one of the two keys is set.</summary>
/// <param name="UploadDate"><c>yyyy-mm-dd</c>, in the account's time zone.</param>
internal sealed record UploadCountAnswer(string? UploadDate, long? JobId, long SuccessfulCount, long FailedCount, long PendingCount);

/// <summary>One kind of error; <paramref name="Error"/> has one member, the enum's family, with the enum's name.</summary>
/// <param name="ErrorPercentage">A share, 0 to 1, in spite of its name.</param>
internal sealed record UploadAlertAnswer(Dictionary<string, string?>? Error, double ErrorPercentage)
{
    public UploadAlertAnswer Clean(SecretScrubber scrubber) => this with
    {
        Error = (Error ?? []).Take(1).ToDictionary(
            error => scrubber.Identifier(error.Key) ?? "", error => scrubber.LongIdentifier(error.Value)),
    };
}
