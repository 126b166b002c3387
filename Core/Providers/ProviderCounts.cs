using OpsMantik.Core.Conversions;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Providers;

/// <summary>A provider that tells later what it counted of what it was sent, by number of the upload too.</summary>
public interface ICountingProvider : IConversionProvider
{
    /// <summary>As <see cref="IConversionProvider.UploadAsync"/>, under a number by which the provider names the upload later.</summary>
    /// <param name="jobId">1 to 2,147,483,647; another one for each upload.</param>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellationToken"/> was cancelled; what reached the provider is unknown.
    /// </exception>
    Task<IReadOnlyList<UploadOutcome>> UploadAsync(
        OpenedCredential credential, IReadOnlyList<Conversion> conversions, int jobId, CancellationToken cancellationToken);

    /// <summary>Asks what the site's account counted. Changes nothing. Failures of any kind are a fault, a timeout of ours too.</summary>
    /// <param name="known">What is known of the account from an earlier answer; null for nothing.</param>
    /// <returns>Exactly one of the two.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    Task<(ProviderCounts? Counts, UploadOutcome? Fault)> ReadCountsAsync(
        OpenedCredential credential, AccountZone? known, CancellationToken cancellationToken);
}

/// <summary>An account and the time zone that its days are in.</summary>
/// <param name="TimeZone">IANA name.</param>
public sealed record AccountZone(string AccountId, string TimeZone);

/// <summary>What an account counted. Texts are free of secrets.</summary>
/// <param name="ActionId">The conversion action that the site's credentials name.</param>
/// <param name="Actions">One for each action and client that the provider tells of, the site's own or not.</param>
public sealed record ProviderCounts(AccountZone Account, string ActionId, IReadOnlyList<ActionCounts> Actions);

/// <summary>What became of the uploads to one conversion action through one client.</summary>
/// <param name="Client">The provider's name of the interface that they came through; null where it says none.</param>
/// <param name="Status">The provider's own verdict, as it names it.</param>
/// <param name="LastUploadDay">In the account's zone; the alerts are of this day alone. Null where the provider says none.</param>
/// <param name="Total">Over a time that the provider does not document, and so for a person to read.</param>
/// <param name="Counted">Of these.</param>
/// <param name="Pending">Of these.</param>
/// <param name="Days">The last days, in the account's zone; how many is the provider's choice.</param>
/// <param name="Jobs">The last uploads by their numbers; how many is the provider's choice.</param>
/// <param name="Alerts">Errors by their share of the last day's conversions.</param>
public sealed record ActionCounts(
    string ActionId,
    string? Name,
    string? Client,
    string? Status,
    DateOnly? LastUploadDay,
    long Total,
    long Counted,
    long Pending,
    IReadOnlyList<DayCounts> Days,
    IReadOnlyList<JobCounts> Jobs,
    IReadOnlyList<CountAlert> Alerts);

public sealed record DayCounts(DateOnly Day, long Counted, long Failed, long Pending);

public sealed record JobCounts(long JobId, long Counted, long Failed, long Pending);

/// <summary>An error of the provider's that some of a day's conversions met.</summary>
/// <param name="Error">Its enum name.</param>
/// <param name="Share">0 to 1.</param>
public sealed record CountAlert(string Error, double Share);
