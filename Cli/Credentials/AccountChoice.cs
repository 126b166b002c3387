using OpsMantik.Core;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Providers.GoogleAds.OAuth;
using Spectre.Console;

namespace OpsMantik.Cli.Credentials;

/// <summary>What was typed of the account; null: to be chosen.</summary>
internal sealed record TypedAccount(string? CustomerId, string? LoginCustomerId, string? ActionId);

/// <summary>Which account and which conversion action: as typed, as stored, the only one there is, or as picked from a list.</summary>
internal sealed class AccountChoice(CredentialConnection connection, GrantedConsent consent, StoredConnection? stored, CommandOutput output)
{
    // A terminal's list; typing searches in it.
    private const int PageSize = 12;

    private readonly bool _canAsk = output.Console.Profile.Capabilities.Interactive && !Console.IsInputRedirected;

    /// <exception cref="OperatorException">It cannot be told which; the message lists those that there are, and the flag to type.</exception>
    public async Task<ChosenAccount> ChooseAsync(string uploadApi, TypedAccount typed, CancellationToken stopping)
    {
        var (customer, login) = await ChooseCustomerAsync(typed, stopping);
        var known = typed.ActionId ?? (_canAsk || customer != stored?.CustomerId ? null : stored?.ActionId);
        var action = known ?? (await ChooseActionAsync(customer, login, stopping)).Id;
        return new ChosenAccount(uploadApi, customer, login, action);
    }

    private async Task<(string CustomerId, string? Login)> ChooseCustomerAsync(TypedAccount typed, CancellationToken stopping)
    {
        var customer = Digits(typed.CustomerId) ?? (_canAsk ? null : stored?.CustomerId);
        var login = Digits(typed.LoginCustomerId);
        if (customer is not null && login is not null)
            return (customer, login);
        var (accounts, fault) = await connection.ListAccountsAsync(consent, stopping);
        if (accounts is null)
        {
            return customer is null
                ? throw new OperatorException($"Google does not list the accounts ({Said(fault!)}). Give --customer-id, --login-customer-id for one under a manager, and --conversion-action.")
                : (customer, customer == stored?.CustomerId ? stored.LoginCustomerId : null);
        }

        if (customer is not null && accounts.FirstOrDefault(each => each.CustomerId == customer) is { } wanted)
            return (customer, wanted.LoginCustomerId);
        if (typed.CustomerId is not null)
            throw new OperatorException($"The person who consented may not use {typed.CustomerId}.{Listed("--customer-id", accounts, each => each.CustomerId)}");
        var chosen = await PickAsync(
            "account", "--customer-id", accounts, each => each.CustomerId, stored?.CustomerId, each => !each.IsManager,
            "The person who consented may use no Google Ads account. Run the command again, and consent as somebody who may.", stopping);
        return (chosen.CustomerId, login ?? chosen.LoginCustomerId);
    }

    private async Task<UploadAction> ChooseActionAsync(string customer, string? login, CancellationToken stopping)
    {
        var (actions, fault) = await connection.ListActionsAsync(consent, customer, login, stopping);
        return actions is null
            ? throw new OperatorException($"Google does not list the conversion actions of {customer} ({Said(fault!)}). Give --conversion-action.")
            : await PickAsync(
                "action", "--conversion-action", actions, each => each.Id, customer == stored?.CustomerId ? stored.ActionId : null, _ => true,
                $"Account {customer} has no enabled conversion action of type UPLOAD_CLICKS. Make one in Google Ads (Goals, New conversion action, "
                + "Import, Track conversions from clicks) and run the command again, or give another --customer-id.", stopping);
    }

    /// <param name="stored">The value that was stored; null: none. Another one is not taken unasked: the person may have consented as somebody else.</param>
    /// <param name="usual">Those of which a single one is taken unasked.</param>
    private async Task<T> PickAsync<T>(
        string what, string flag, IReadOnlyList<T> all, Func<T, string> value, string? stored, Func<T, bool> usual, string ifNone, CancellationToken stopping)
        where T : notnull
    {
        if (all.Count == 0)
            throw new OperatorException(ifNone);
        T[] likely = [.. all.Where(usual)];
        bool IsStored(T each) => value(each) == stored;
        var chosen = likely.Length == 1 && (stored is null || IsStored(likely[0])) ? likely[0]
            : !_canAsk ? throw new OperatorException(
                (all.Any(IsStored) || stored is null ? $"There is more than one {what}, and nobody to ask." : $"The stored {what} {stored} is none of those that this consent opens.")
                + Listed(flag, all, value))
            : await output.Console.PromptAsync(
                new SelectionPrompt<T>()
                    .Title($"Which {what}?").PageSize(PageSize).EnableSearch()
                    .UseConverter(each => (VisibleText.Escape($"{each}") + (IsStored(each) ? ", as it was" : "")).EscapeMarkup())
                    .AddChoices(all.OrderByDescending(IsStored)), stopping);
        output.WriteLine($"{what,-12} {chosen}");
        return chosen;
    }

    private static string Listed<T>(string flag, IReadOnlyList<T> all, Func<T, string> value) =>
        $" Give one of:\n{string.Join('\n', all.Select(each => $"  {flag} {value(each)}   {VisibleText.Escape($"{each}")}"))}";

    private static string Said(UploadOutcome fault) => $"{fault.Code}: {fault.Message}";

    private static string? Digits(string? typed) => typed?.Replace("-", "", StringComparison.Ordinal).Trim();
}
