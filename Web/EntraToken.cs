using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using OpsMantik.Core.Database;

namespace OpsMantik.Web;

/// <summary>
/// The Entra token that is the database login's password. Kept until it is worth renewing; when that fails it is used to its
/// end. Prints itself redacted.
/// </summary>
internal sealed partial class EntraToken(Func<TokenCredential> credential, TimeProvider time, ILogger<EntraToken> logger)
    : IDatabaseToken, IDisposable
{
    /// <summary>Azure Database for PostgreSQL, whichever server.</summary>
    public const string Scope = "https://ossrdbms-aad.database.windows.net/.default";

    /// <summary>
    /// Longest wait for a token. The Azure CLI takes several seconds; past this a request would rather hear that it failed.
    /// </summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    // Before the end, because Azure gives out its old token until about then; a new one is asked for every minute meanwhile.
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    private readonly Lazy<TokenCredential> _credential = new(credential);

    // The runs' connections and the health check's ask, each on its own.
    private readonly SemaphoreSlim _oneAtATime = new(1);
    private AccessToken _token;
    private bool _failing;

    public static EntraToken From(IServiceProvider services) => new(
        () => AzureCredential.Choose(services.GetRequiredService<IConfiguration>()),
        services.GetRequiredService<TimeProvider>(),
        services.GetRequiredService<ILogger<EntraToken>>());

    /// <exception cref="EntraTokenException">There is none, and no older one that is still good.</exception>
    public async ValueTask<string> GetAsync(CancellationToken cancellationToken)
    {
        await _oneAtATime.WaitAsync(cancellationToken);
        try
        {
            return await GetAloneAsync(cancellationToken);
        }
        finally
        {
            _oneAtATime.Release();
        }
    }

    private async ValueTask<string> GetAloneAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now + Margin < _token.ExpiresOn && !(now >= _token.RefreshOn))
            return _token.Token;
        try
        {
            var before = _token.ExpiresOn;
            _token = await FetchAsync(cancellationToken);
            if (_failing || before != _token.ExpiresOn)
                logger.TokenFetched(_token.ExpiresOn);
            _failing = false;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            ReportFailure($"No Entra token for the database: {Explain(exception)}");
        }

        return _token.Token;
    }

    public override string ToString() => "[redacted]";

    public void Dispose() => _oneAtATime.Dispose();

    // The limit holds even for a credential that does not listen to the cancellation: the driver asks again only after an end.
    private async Task<AccessToken> FetchAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        // On another thread: loading the libraries and starting a process are not asynchronous.
        return await Task.Run(
                async () => await _credential.Value.GetTokenAsync(new TokenRequestContext([Scope]), either.Token),
                CancellationToken.None)
            .WaitAsync(either.Token);
    }

    private void ReportFailure(string reason)
    {
        if (time.GetUtcNow() < _token.ExpiresOn)
        {
            logger.TokenNotRenewed(_token.ExpiresOn, reason);
            return;
        }

        // Once an outage: it is asked for every few seconds.
        if (!_failing)
            logger.TokenRefused(reason);
        _failing = true;
        throw new EntraTokenException(reason);
    }

    private static string Explain(Exception exception) => exception switch
    {
        OperationCanceledException => $"no answer within {Patience.TotalSeconds:0} seconds",
        // Its first line says what is wrong; answers of the endpoint may follow. No token is shorter than this.
        AuthenticationFailedException failed => LongWord().Replace(failed.Message.Split('\n')[0].Trim(), "[redacted]"),
        _ => exception.GetType().Name,
    };

    [GeneratedRegex(@"\S{60,}")]
    private static partial Regex LongWord();
}

/// <summary>There is no Entra token for the database. The message says why and holds no token.</summary>
public sealed class EntraTokenException(string message) : Exception(message);

/// <summary>
/// Who we are to Azure: one credential, and no chain of them, so that a worker whose identity is broken says so instead of
/// signing in by another one.
/// </summary>
internal static class AzureCredential
{
    /// <summary>Client id of a user-assigned identity, as Azure's own tools and hosts name it.</summary>
    public const string ClientIdSetting = "AZURE_CLIENT_ID";

    // App Service, Functions and Container Apps set it where the app has an identity.
    private const string EndpointSetting = "IDENTITY_ENDPOINT";

    /// <summary>The managed identity where there is one; elsewhere, on a laptop, the user of <c>az login</c>.</summary>
    public static TokenCredential Choose(string? clientId, string? identityEndpoint)
    {
        if (!string.IsNullOrWhiteSpace(clientId))
            return new ManagedIdentityCredential(ManagedIdentityId.FromUserAssignedClientId(clientId.Trim()));
        return string.IsNullOrWhiteSpace(identityEndpoint)
            ? new AzureCliCredential(new AzureCliCredentialOptions { ProcessTimeout = EntraToken.Patience })
            : new ManagedIdentityCredential(ManagedIdentityId.SystemAssigned);
    }

    public static TokenCredential Choose(IConfiguration configuration) =>
        Choose(configuration[ClientIdSetting], configuration[EndpointSetting]);
}

/// <summary>The worker's way in to the database, for programs that an operator runs.</summary>
public static class DatabaseIdentity
{
    /// <summary>
    /// A connection string that opens by itself, at a server that proves its name: with an Entra token as its password where
    /// <see cref="DatabaseSignIn"/> wants one. The token is good for an hour or so.
    /// </summary>
    /// <exception cref="SettingsException">The login cannot work as it is set up.</exception>
    /// <exception cref="EntraTokenException">There is no token.</exception>
    public static async Task<string> SignInAsync(string connectionString, CancellationToken cancellationToken)
    {
        var environment = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        var authentication = environment["Database:Authentication"];
        if (DatabaseSignIn.FindFault(connectionString, authentication) is { } fault)
            throw new SettingsException(fault);
        if (!DatabaseSignIn.IsByToken(connectionString, authentication))
            return DatabaseSignIn.Secure(connectionString);

        using var token = new EntraToken(
            () => AzureCredential.Choose(environment), TimeProvider.System, NullLogger<EntraToken>.Instance);
        return DatabaseSignIn.WithToken(connectionString, await token.GetAsync(cancellationToken));
    }
}
