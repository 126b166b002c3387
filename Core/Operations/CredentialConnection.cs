using System.Text.Json;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Providers.GoogleAds.OAuth;
using OpsMantik.Core.Runs;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Operations;

/// <summary>
/// Connects a site with Google: asks for a person's consent, lists what it opens, checks the account that was chosen, and stores
/// all of it sealed. No secret of it comes out.
/// </summary>
public sealed class CredentialConnection
{
    private const string Provider = GoogleAdsProvider.ProviderKey;

    private readonly CredentialInventory _inventory;
    private readonly CredentialVault _vault;
    private readonly CredentialVerification _verification;
    private readonly CredentialSeeding _seeding;
    private readonly CodeExchange _exchange;
    private readonly AccountList _accounts;
    private readonly GoogleOptions _options;

    internal CredentialConnection(
        CredentialInventory inventory, CredentialVault vault, CredentialVerification verification, CredentialSeeding seeding,
        CodeExchange exchange, AccountList accounts, IOptions<GoogleOptions> options)
    {
        (_inventory, _vault, _verification, _seeding) = (inventory, vault, verification, seeding);
        (_exchange, _accounts, _options) = (exchange, accounts, options.Value);
    }

    /// <summary>The OAuth client of the settings; null when they name none.</summary>
    public ConsentClient? Client => _options is { ClientId: { Length: > 0 } id, ClientSecret: { Length: > 0 } secret } ? new ConsentClient(id, secret) : null;

    /// <summary>What would keep the site from being connected, to be asked before a person is troubled; null when nothing would.</summary>
    public Task<string?> FindFaultAsync(Guid siteId, CancellationToken cancellationToken) => _seeding.FindFaultAsync(siteId, cancellationToken);

    /// <summary>What the site has now, as far as it can be read; null when it has nothing that can.</summary>
    public async Task<StoredConnection?> FindAsync(Guid siteId, CancellationToken cancellationToken)
    {
        if (await _inventory.FindAsync(siteId, Provider, cancellationToken) is not { } stored)
            return null;
        using var opening = _vault.Open(stored.Row, stored.Sealed);
        try
        {
            using var json = opening.Credential?.Parse();
            return json is null ? null : StoredConnection.Read(new CredentialFields(json.RootElement));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <param name="uploadApi"><c>google_ads</c> or <c>data_manager</c>.</param>
    /// <param name="redirect">On this machine.</param>
    // The Data Manager API has no list of accounts: for that, and for the check, the other scope is asked for too.
    public ConsentRequest Begin(ConsentClient client, string uploadApi, Uri redirect) => new(
        _options.AuthorizationUri, client, redirect,
        uploadApi == StoredConnection.DataManager ? [DataManagerCredentials.Scope, AccountAccess.Scope] : [AccountAccess.Scope]);

    /// <returns>Exactly one of the two.</returns>
    public Task<(GrantedConsent? Consent, string? Fault)> CompleteAsync(ConsentRequest request, string code, CancellationToken cancellationToken) =>
        _exchange.ExchangeAsync(request, code, cancellationToken);

    /// <inheritdoc cref="AccountList.ReadAsync"/>
    public Task<(IReadOnlyList<ReachableAccount>? Accounts, UploadOutcome? Fault)> ListAccountsAsync(
        GrantedConsent consent, CancellationToken cancellationToken) => _accounts.ReadAsync(consent.Client, cancellationToken);

    /// <inheritdoc cref="AccountList.ReadActionsAsync"/>
    public Task<(IReadOnlyList<UploadAction>? Actions, UploadOutcome? Fault)> ListActionsAsync(
        GrantedConsent consent, string customerId, string? loginCustomerId, CancellationToken cancellationToken) =>
        _accounts.ReadActionsAsync(consent.Client, customerId, loginCustomerId, cancellationToken);

    /// <summary>Checks what was chosen, before it is stored.</summary>
    public async Task<SiteVerification> VerifyAsync(Guid siteId, GrantedConsent consent, ChosenAccount account, CancellationToken cancellationToken)
    {
        using var opened = new OpenedCredential(JsonSerializer.SerializeToUtf8Bytes(account.Credentials(consent)));
        var verification = await _verification.VerifyAsync(siteId, Provider, opened, cancellationToken);
        return verification with { Account = [.. consent.Findings, .. verification.Account] };
    }

    /// <param name="actor">Who connects, for the audit.</param>
    public Task<SeedResult> StoreAsync(
        Guid siteId, GrantedConsent consent, ChosenAccount account, string actor, CancellationToken cancellationToken) =>
        _seeding.SeedAsync(siteId, Provider, account.Credentials(consent), actor, cancellationToken);
}

/// <summary>Where a site's sales are to go.</summary>
/// <param name="UploadApi">As in the credentials' <c>upload_api</c>.</param>
/// <param name="CustomerId">Ten digits, or as a person typed them.</param>
/// <param name="LoginCustomerId">The manager that the way leads through; null: none.</param>
/// <param name="ActionId">The conversion action's id, or as a person typed or pasted it.</param>
public sealed record ChosenAccount(string UploadApi, string CustomerId, string? LoginCustomerId, string ActionId)
{
    /// <summary>The credentials' object, with the secrets of the consent.</summary>
    internal JsonElement Credentials(GrantedConsent consent) => JsonSerializer.SerializeToElement(new Dictionary<string, string?>
    {
        ["upload_api"] = UploadApi,
        ["customer_id"] = CustomerId,
        ["login_customer_id"] = LoginCustomerId,
        ["conversion_action_id"] = ActionId,
        ["client_id"] = consent.Client.ClientId,
        ["client_secret"] = consent.Client.ClientSecret,
        ["refresh_token"] = consent.Client.RefreshToken,
    });
}

/// <summary>What a site has already, each part but the first null where it is missing or cannot be read. Prints itself redacted.</summary>
public sealed record StoredConnection(
    string UploadApi, string? CustomerId, string? LoginCustomerId, string? ActionId, ConsentClient? Client)
{
    public const string GoogleAds = "google_ads";
    public const string DataManager = "data_manager";

    internal static StoredConnection Read(CredentialFields fields)
    {
        var (id, secret) = (Text(fields.Optional("client_id")), Text(fields.Optional("client_secret")));
        return new StoredConnection(
            fields.Optional("upload_api") == DataManager ? DataManager : GoogleAds,
            Text(fields.CustomerId("customer_id", required: false)),
            Text(fields.CustomerId("login_customer_id", required: false)),
            Text(fields.ActionId("conversion_action_id")) ?? Text(fields.ActionId("conversion_action_resource_name")),
            id is null || secret is null ? null : new ConsentClient(id, secret));
    }

    public override string ToString() => "[redacted]";

    // A field at fault reads as an empty text.
    private static string? Text(string? field) => string.IsNullOrEmpty(field) ? null : field;
}
