using System.Text.Json;
using Microsoft.Extensions.Logging;
using OpsMantik.Core.Providers.GoogleAds.OAuth;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>Uploads click conversions to Google Ads (ConversionUploadService, REST).</summary>
internal sealed class GoogleAdsProvider(
    TokenSource tokens, GoogleAdsClient client, ILogger<GoogleAdsProvider> log) : IConversionProvider
{
    public string Key => "google_ads";

    /// <summary>Google's own limit per request.</summary>
    public int MaxBatchSize => 2000;

    public string? FindFault(JsonElement credentials) => GoogleAdsCredentials.Read(credentials).Fault;

    public async Task<IReadOnlyList<UploadOutcome>> UploadAsync(
        OpenedCredential credential, IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(conversions.Count, MaxBatchSize);
        cancellationToken.ThrowIfCancellationRequested();
        var batch = new UploadBatch(conversions);
        if (batch.Sendable.Count > 0)
        {
            var (credentials, fault) = Read(credential);
            if (credentials is null)
            {
                batch.SettleAll(UploadOutcome.Failed("INVALID_CREDENTIALS", ErrorCategory.Auth, fault!));
            }
            else
            {
                await SendAsync(credentials, batch, cancellationToken).ConfigureAwait(false);
            }
        }

        return batch.Outcomes;
    }

    private async Task SendAsync(
        GoogleAdsCredentials credentials, UploadBatch batch, CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(credentials.OAuth, null, cancellationToken).ConfigureAwait(false);
        var (answer, fault) = await TryAsync(credentials, token, batch, cancellationToken).ConfigureAwait(false);
        if (answer?.Status == 401 && token.FromCache)
        {
            // Revoked before its time. Google has taken nothing, so one more try with a fresh token is safe.
            GoogleAdsLog.TokenRefused(log, credentials.CustomerId);
            token = await tokens.GetAsync(credentials.OAuth, token.Token!.Value, cancellationToken)
                .ConfigureAwait(false);
            (answer, fault) = await TryAsync(credentials, token, batch, cancellationToken).ConfigureAwait(false);
        }

        if (answer is null)
        {
            GoogleAdsLog.NoAnswer(log, credentials.CustomerId, batch.Sendable.Count, fault!.Code!);
            batch.SettleAll(fault);
            return;
        }

        var scrubber = credentials.Scrubber().With(token.Token!.Value);
        var (outcomes, failure) = new AnswerReader(batch.Sendable, scrubber).Read(answer);
        for (var index = 0; index < outcomes.Count; index++)
        {
            batch.Settle(index, outcomes[index]);
        }

        AnswerLog.Write(log, credentials.CustomerId, answer.Status, batch.Sendable, outcomes, failure);
    }

    private async Task<(GoogleAdsAnswer? Answer, UploadOutcome? Fault)> TryAsync(
        GoogleAdsCredentials credentials, TokenAnswer token, UploadBatch batch, CancellationToken cancellationToken) =>
        token.Token is null
            ? (null, token.Fault)
            : await client.UploadAsync(credentials, token.Token, batch.Sendable, cancellationToken)
                .ConfigureAwait(false);

    private static (GoogleAdsCredentials? Credentials, string? Fault) Read(OpenedCredential credential)
    {
        try
        {
            using var json = credential.Parse();
            return GoogleAdsCredentials.Read(json.RootElement);
        }
        catch (JsonException)
        {
            return (null, "The credentials are not JSON.");
        }
    }
}
