using System.Text.Json;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>
/// Uploads click conversions to Google Ads, and corrects them, each site's by the transport that its credentials name
/// in <c>upload_api</c>.
/// </summary>
internal sealed class GoogleAdsProvider(
    IEnumerable<IGoogleAdsTransport> transports, AccountReader accounts, CountReader counts, TimeProvider time)
    : IConfirmingProvider, ICorrectingProvider, IInspectableProvider, ICountingProvider
{
    public const string ProviderKey = "google_ads";

    /// <summary>What every site used before there was a choice.</summary>
    private const string DefaultApi = ClickUploadTransport.Name;

    private readonly IReadOnlyList<IGoogleAdsTransport> _transports = [.. transports];

    public string Key => ProviderKey;

    /// <summary>Google's own limit per request, of both transports.</summary>
    public int MaxBatchSize => 2000;

    public string? FindFault(JsonElement credentials)
    {
        var (transport, fault) = Choose(credentials);
        return fault ?? transport!.FindFault(credentials);
    }

    public Task<IReadOnlyList<UploadOutcome>> UploadAsync(
        OpenedCredential credential, IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken) =>
        UploadAsync(credential, new UploadBatch(conversions), cancellationToken);

    public Task<IReadOnlyList<UploadOutcome>> UploadAsync(
        OpenedCredential credential, IReadOnlyList<Conversion> conversions, int jobId, CancellationToken cancellationToken) =>
        UploadAsync(credential, new UploadBatch(conversions) { JobId = jobId }, cancellationToken);

    public async Task<(ProviderCounts? Counts, UploadOutcome? Fault)> ReadCountsAsync(
        OpenedCredential credential, AccountZone? known, CancellationToken cancellationToken)
    {
        using var json = Parse(credential);
        if (FaultOf(json) is { } fault)
        {
            return (null, InvalidCredentials(fault));
        }

        var access = Choose(json!.RootElement).Transport!.ReadAccess(json.RootElement);
        return await counts.ReadAsync(access, known, cancellationToken).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<UploadOutcome>> UploadAsync(
        OpenedCredential credential, UploadBatch batch, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(batch.Count, MaxBatchSize);
        cancellationToken.ThrowIfCancellationRequested();
        if (batch.Sendable.Count > 0)
        {
            using var json = Parse(credential);
            if (FaultOf(json) is { } fault)
            {
                batch.SettleAll(InvalidCredentials(fault));
            }
            else
            {
                var transport = Choose(json!.RootElement).Transport!;
                await transport.SendAsync(json.RootElement, batch, cancellationToken).ConfigureAwait(false);
            }
        }

        return batch.Outcomes;
    }

    public async Task<IReadOnlyList<UploadOutcome>> CorrectAsync(
        OpenedCredential credential, IReadOnlyList<Correction> corrections, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(corrections.Count, MaxBatchSize);
        cancellationToken.ThrowIfCancellationRequested();
        using var json = Parse(credential);
        if (FaultOf(json) is { } fault)
        {
            var unsent = new CorrectionBatch(corrections, time.GetUtcNow());
            unsent.SettleAll(InvalidCredentials(fault));
            return unsent.Outcomes;
        }

        var transport = Choose(json!.RootElement).Transport!;
        var batch = new CorrectionBatch(corrections, time.GetUtcNow(), transport.FindFault);
        if (batch.Sendable.Count > 0)
        {
            await transport.CorrectAsync(json.RootElement, batch, cancellationToken).ConfigureAwait(false);
        }

        return batch.Outcomes;
    }

    public async Task<Confirmation> ConfirmAsync(
        OpenedCredential credential, SubmittedRequest request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var json = Parse(credential);
        return FaultOf(json) is { } fault
            ? Confirmation.Pending($"The site's credentials are at fault: {fault}")
            : await Choose(json!.RootElement).Transport!
                .ConfirmAsync(json.RootElement, request, cancellationToken)
                .ConfigureAwait(false);
    }

    public async Task<AccessCheck> VerifyAsync(
        OpenedCredential credential, Conversion sample, CancellationToken cancellationToken)
    {
        using var json = Parse(credential);
        return FaultOf(json) is { } fault
            ? AccessCheck.Of(InvalidCredentials(fault), AccessStep.Credentials)
            : await Choose(json!.RootElement).Transport!
                .VerifyAsync(json.RootElement, sample, cancellationToken)
                .ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<AccountFinding>> CheckAccountAsync(
        OpenedCredential credential, WaitingSales sales, CancellationToken cancellationToken)
    {
        using var json = Parse(credential);
        if (FaultOf(json) is { } credentialFault)
        {
            return [AccountFinding.Stop("account", credentialFault, "Store the credentials again.")];
        }

        var access = Choose(json!.RootElement).Transport!.ReadAccess(json.RootElement);
        var (settings, fault) = await accounts.ReadAsync(access, cancellationToken).ConfigureAwait(false);
        return settings is null ? AccountChecks.OfFault(access, fault!) : AccountChecks.Of(access, settings, sales);
    }

    public async Task<(RequestPreview? Request, string? Fault)> PreviewAsync(
        OpenedCredential credential, IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken)
    {
        using var json = Parse(credential);
        if (FaultOf(json) is { } fault)
        {
            return (null, fault);
        }

        var batch = new UploadBatch(conversions);
        using var request = Choose(json!.RootElement).Transport!.Request(json.RootElement, batch);
        return (await RequestRendering.RenderAsync(request, batch, cancellationToken).ConfigureAwait(false), null);
    }

    private static UploadOutcome InvalidCredentials(string fault) =>
        UploadOutcome.Failed("INVALID_CREDENTIALS", ErrorCategory.Auth, fault) with { MayHaveBeenSent = false };

    private (IGoogleAdsTransport? Transport, string? Fault) Choose(JsonElement credentials)
    {
        var fields = new CredentialFields(credentials);
        var name = fields.Optional("upload_api") ?? DefaultApi;
        var transport = _transports.FirstOrDefault(transport => transport.UploadApi == name);
        if (transport is null)
        {
            var known = string.Join(" or ", _transports.Select(transport => $"\"{transport.UploadApi}\""));
            fields.Reject($"upload_api must be {known}.");
        }

        return fields.Fault is null ? (transport, null) : (null, fields.Fault);
    }

    private string? FaultOf(JsonDocument? json) =>
        json is null ? "The credentials are not JSON." : FindFault(json.RootElement);

    private static JsonDocument? Parse(OpenedCredential credential)
    {
        try
        {
            return credential.Parse();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One way to bring conversions to a Google Ads account.</summary>
internal interface IGoogleAdsTransport
{
    /// <summary>Its name in the credentials' <c>upload_api</c>.</summary>
    string UploadApi { get; }

    /// <summary>As <see cref="IConversionProvider.FindFault"/>.</summary>
    string? FindFault(JsonElement credentials);

    /// <summary>Sends what of the batch can be sent, and settles it. The credentials have no fault.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    Task SendAsync(JsonElement credentials, UploadBatch batch, CancellationToken cancellationToken);

    /// <summary>The outcome of a correction that this way to Google cannot take at all; null when it can.</summary>
    UploadOutcome? FindFault(Correction correction);

    /// <summary>Sends what of the batch can be sent, and settles it. The credentials have no fault.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    Task CorrectAsync(JsonElement credentials, CorrectionBatch batch, CancellationToken cancellationToken);

    /// <summary>As <see cref="IInspectableProvider.VerifyAsync"/>. The credentials have no fault.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    Task<AccessCheck> VerifyAsync(JsonElement credentials, Conversion sample, CancellationToken cancellationToken);

    /// <summary>How to ask about the account that the credentials name. They have no fault.</summary>
    AccountAccess ReadAccess(JsonElement credentials);

    /// <summary>The request that <see cref="SendAsync"/> begins with, not sent. The credentials have no fault.</summary>
    HttpRequestMessage Request(JsonElement credentials, UploadBatch batch);

    /// <summary>As <see cref="IConfirmingProvider.ConfirmAsync"/>. The credentials have no fault.</summary>
    Task<Confirmation> ConfirmAsync(
        JsonElement credentials, SubmittedRequest request, CancellationToken cancellationToken);
}

/// <summary>Renders a request for people.</summary>
internal static class RequestRendering
{
    private const string Redacted = "[redacted]";

    // Everything else is shown only when it is known to be no secret.
    private static readonly string[] PublicHeaders = ["login-customer-id", "Content-Type"];

    public static async Task<RequestPreview> RenderAsync(
        HttpRequestMessage request, UploadBatch batch, CancellationToken cancellationToken)
    {
        var headers = request.Headers.Concat(request.Content!.Headers)
            .Select(header => KeyValuePair.Create(header.Key, ValueOf(header)))
            // The call itself adds it, with a fresh token.
            .Prepend(KeyValuePair.Create("Authorization", $"Bearer {Redacted}"));
        return new RequestPreview(
            request.Method.Method,
            request.RequestUri!,
            [.. headers],
            await request.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false),
            batch.Settled);
    }

    private static string ValueOf(KeyValuePair<string, IEnumerable<string>> header) =>
        PublicHeaders.Contains(header.Key, StringComparer.OrdinalIgnoreCase)
            ? string.Join(", ", header.Value)
            : Redacted;
}
