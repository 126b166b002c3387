using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Providers.GoogleAds.Errors;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>
/// ConversionUploadService over REST. It decides on every conversion at once. Since June 2026 Google takes it only from
/// callers who used it before.
/// </summary>
internal sealed class ClickUploadTransport(
    GoogleAdsClient client,
    TokenSource tokens,
    ApiVersionAlarm alarm,
    IOptions<GoogleAdsOptions> options,
    ILogger<ClickUploadTransport> log) : IGoogleAdsTransport
{
    public const string Name = "google_ads";

    public string UploadApi => Name;

    public string? FindFault(JsonElement credentials) => GoogleAdsCredentials.Read(credentials).Fault;

    public async Task SendAsync(JsonElement json, UploadBatch batch, CancellationToken cancellationToken)
    {
        var credentials = GoogleAdsCredentials.Read(json).Credentials!;
        var call = await client.UploadAsync(credentials, batch.Sendable, cancellationToken).ConfigureAwait(false);
        if (call.TokenReplaced)
        {
            GoogleAdsLog.TokenRefused(log, credentials.CustomerId);
        }

        if (call.Answer is not { } answer)
        {
            GoogleAdsLog.NoAnswer(log, credentials.CustomerId, batch.Sendable.Count, call.Fault!.Code!);
            batch.SettleAll(call.Fault);
            return;
        }

        var scrubber = call.Scrubber.With(credentials.DeveloperToken);
        var (outcomes, failure) = new AnswerReader(batch.Sendable, scrubber).Read(answer);
        for (var index = 0; index < outcomes.Count; index++)
        {
            batch.Settle(index, outcomes[index]);
        }

        AnswerLog.Write(log, credentials.CustomerId, answer.Status, batch.Sendable, outcomes, failure);
        if (failure.Errors.Any(error => error.Name == ErrorAdvice.UnsupportedVersion))
        {
            alarm.Raise(ErrorAdvice.UnsupportedVersion, options.Value.ApiVersion);
        }
        else if (answer.Status == 200)
        {
            alarm.Clear();
        }
    }

    public async Task<AccessCheck> VerifyAsync(JsonElement json, Conversion sample, CancellationToken cancellationToken)
    {
        var credentials = GoogleAdsCredentials.Read(json).Credentials!;
        var token = await tokens.GetAsync(credentials.OAuth, null, cancellationToken).ConfigureAwait(false);
        if (token.Fault is { } refused)
        {
            return AccessCheck.Of(refused, AccessStep.Token);
        }

        var call = await client.ValidateAsync(credentials, sample, cancellationToken).ConfigureAwait(false);
        if (call.Answer is not { } answer)
        {
            return AccessCheck.Of(call.Fault!, AccessStep.Call);
        }

        var outcome = new AnswerReader([sample], call.Scrubber.With(credentials.DeveloperToken)).ReadValidation(answer);
        // Google names single conversions in a 200 only; any other refusal is of the caller or the account.
        return answer.Status == 200 ? AccessCheck.OfSample(outcome) : AccessCheck.Of(outcome, AccessStep.Call);
    }

    public HttpRequestMessage Request(JsonElement json, UploadBatch batch) =>
        client.Request(GoogleAdsCredentials.Read(json).Credentials!, batch.Sendable);

    /// <summary>A site that went back to this transport left requests behind, which only the other one can ask for.</summary>
    public Task<Confirmation> ConfirmAsync(
        JsonElement credentials, SubmittedRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(Confirmation.Pending(
            "The request went out through the Data Manager API, which the site's credentials no longer name"
            + " (upload_api)."));
}
