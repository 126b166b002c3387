using System.Globalization;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>The accounts that a consent opens, and the conversion actions in one of them that take uploads.</summary>
internal sealed class AccountList(GoogleAdsSearch search)
{
    // Of a manager all that is under it, at any depth, and itself; of another account itself alone.
    private const string ClientsQuery =
        "SELECT customer_client.id, customer_client.descriptive_name, customer_client.manager FROM customer_client "
        + "WHERE customer_client.status = 'ENABLED'";

    /// <returns>Accounts before managers, by name; or the outcome of a call that failed.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled. A time limit of ours is a fault.</exception>
    public async Task<(IReadOnlyList<ReachableAccount>? Accounts, UploadOutcome? Fault)> ReadAsync(
        ITokenGrant grant, CancellationToken cancellationToken)
    {
        var (names, fault) = await search.ListAccessibleAsync(grant, cancellationToken).ConfigureAwait(false);
        if (fault is not null)
            return (null, fault);
        List<ReachableAccount> accounts = [];
        var refused = default(UploadOutcome);
        foreach (var root in names!.Select(IdOf).OfType<string>())
        {
            var access = new AccountAccess(root, "", null, null, grant, MustOwnAction: false);
            (var rows, fault) = await search.SearchAsync(access, ClientsQuery, cancellationToken).ConfigureAwait(false);
            // Half of a list would look like a whole one.
            if (fault is { Category: ErrorCategory.Transient or ErrorCategory.RateLimit })
                return (null, fault);
            // A closed account is listed and cannot be asked: it takes no uploads either.
            refused ??= fault;
            accounts.AddRange((rows ?? []).Select(row => row?.CustomerClient).OfType<ClientAnswer>().Where(client => client.Id is not null)
                .Select(client => ReachableAccount.Of(client, root)));
        }

        return accounts.Count == 0 && refused is not null
            ? (null, refused)
            : ([
                .. accounts
                    // The straight way, where there are two.
                    .OrderBy(account => account.LoginCustomerId is not null)
                    .DistinctBy(account => account.CustomerId)
                    .OrderBy(account => account.IsManager).ThenBy(account => account.Name, StringComparer.OrdinalIgnoreCase),
            ], null);
    }

    /// <returns>The enabled ones, by name; or the outcome of a call that failed.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled. A time limit of ours is a fault.</exception>
    public async Task<(IReadOnlyList<UploadAction>? Actions, UploadOutcome? Fault)> ReadActionsAsync(
        ITokenGrant grant, string customerId, string? loginCustomerId, CancellationToken cancellationToken)
    {
        var access = new AccountAccess(customerId, "", loginCustomerId, null, grant, MustOwnAction: false);
        var (rows, fault) = await search.SearchAsync(access, AccountReader.UploadActionsQuery, cancellationToken).ConfigureAwait(false);
        return fault is not null
            ? (null, fault)
            : ([
                .. rows!.Select(row => row?.ConversionAction).OfType<ActionAnswer>().Where(action => action.Id is not null)
                    .Select(action => new UploadAction(action.Id!.Value.ToString(CultureInfo.InvariantCulture), action.Name ?? ""))
                    .OrderBy(action => action.Name, StringComparer.OrdinalIgnoreCase),
            ], null);
    }

    private static string? IdOf(string? resourceName) =>
        resourceName?.Split('/') is ["customers", { Length: 10 } id] && id.All(char.IsAsciiDigit) ? id : null;
}

/// <summary>An account that a consent opens.</summary>
/// <param name="CustomerId">Ten digits.</param>
/// <param name="Name">As its owner wrote it.</param>
/// <param name="LoginCustomerId">The manager that the way leads through; null: the person is a user of the account itself.</param>
/// <param name="IsManager">It has accounts under it, and perhaps conversion actions that those share.</param>
public sealed record ReachableAccount(string CustomerId, string Name, string? LoginCustomerId, bool IsManager)
{
    internal static ReachableAccount Of(ClientAnswer client, string root)
    {
        var id = client.Id!.Value.ToString("D10", CultureInfo.InvariantCulture);
        return new ReachableAccount(id, client.DescriptiveName ?? "", id == root ? null : root, client.Manager);
    }

    public override string ToString() => $"{AccountChecks.Dashed(CustomerId)} \"{Name}\"{(IsManager ? ", a manager" : "")}"
        + (LoginCustomerId is { } login ? $", through {AccountChecks.Dashed(login)}" : "");
}

/// <summary>A conversion action that takes uploaded clicks.</summary>
public sealed record UploadAction(string Id, string Name)
{
    public override string ToString() => $"{Id} \"{Name}\"";
}
