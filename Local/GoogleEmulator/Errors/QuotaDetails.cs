namespace OpsMantik.Local.GoogleEmulator.Errors;

/// <summary><c>quotaErrorDetails</c>: whose rate it is (ACCOUNT or DEVELOPER), its name, and the wait.</summary>
internal sealed record QuotaDetails(string RateScope, string RateName, TimeSpan RetryDelay)
{
    private const string Account = "ACCOUNT";
    private const string Developer = "DEVELOPER";

    public static QuotaDetails Temporary(TimeSpan retryDelay) =>
        new(Account, "Requests per customer per minute", retryDelay);

    public static QuotaDetails Daily(TimeSpan retryDelay) =>
        new(Developer, "Number of operations for basic access", retryDelay);

    /// <summary>What a single row's quota error carries; null for other errors.</summary>
    public static QuotaDetails? ForRow(string code) => code switch
    {
        "RESOURCE_TEMPORARILY_EXHAUSTED" => Temporary(TimeSpan.FromSeconds(30)),
        "RESOURCE_EXHAUSTED" => Daily(TimeSpan.FromHours(12)),
        _ => null,
    };
}
