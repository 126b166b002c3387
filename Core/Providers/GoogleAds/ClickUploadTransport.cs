using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>
/// ConversionUploadService over REST, and beside it the service for corrections. It decides on every conversion at once. Since June
/// 2026 Google takes uploads only from callers who used it before.
/// </summary>
internal sealed class ClickUploadTransport(
    GoogleCalls calls, RowCalls rowCalls, AdjustmentUpload adjustments, TokenSource tokens, IOptions<GoogleAdsOptions> options)
    : IGoogleAdsTransport
{
    public const string Name = "google_ads";

    private readonly GoogleAdsOptions _options = options.Value;

    public string UploadApi => Name;

    public string? FindFault(JsonElement credentials) => GoogleAdsCredentials.Read(credentials).Fault;

    public UploadOutcome? FindFault(Correction correction) => AdjustmentUpload.FindFault(correction);

    public async Task SendAsync(JsonElement json, UploadBatch batch, CancellationToken cancellationToken)
    {
        var credentials = GoogleAdsCredentials.Read(json).Credentials!;
        var (outcomes, _) = await rowCalls.SendAsync(
            "google_ads.upload",
            credentials,
            batch.Sendable.Count,
            () => Request(credentials, batch.Sendable, jobId: batch.JobId),
            (error, index) => ErrorTable.ToOutcome(error, batch.Sendable[index]),
            cancellationToken).ConfigureAwait(false);
        for (var index = 0; index < outcomes.Count; index++)
        {
            batch.Settle(index, outcomes[index]);
        }
    }

    public Task CorrectAsync(JsonElement json, CorrectionBatch batch, CancellationToken cancellationToken) =>
        adjustments.SendAsync(GoogleAdsCredentials.Read(json).Credentials!, batch, cancellationToken);

    public async Task<AccessCheck> VerifyAsync(JsonElement json, Conversion sample, CancellationToken cancellationToken)
    {
        var credentials = GoogleAdsCredentials.Read(json).Credentials!;
        var token = await tokens.GetAsync(credentials.OAuth, null, cancellationToken).ConfigureAwait(false);
        if (token.Fault is { } refused)
        {
            return AccessCheck.Of(refused, AccessStep.Token);
        }

        // As an upload, but Google counts nothing.
        var call = await calls.SendAsync(
            credentials.OAuth,
            "google_ads.validate",
            () => Request(credentials, [sample], validateOnly: true),
            _options.RequestTimeout,
            cancellationToken).ConfigureAwait(false);
        if (call.Answer is not { } answer)
        {
            return AccessCheck.Of(call.Fault!, AccessStep.Call);
        }

        var outcome = new AnswerReader([sample], call.Scrubber.With(credentials.DeveloperToken)).ReadValidation(answer);
        // Google names single conversions in a 200 only; any other refusal is of the caller or the account.
        return answer.Status == 200 ? AccessCheck.OfSample(outcome) : AccessCheck.Of(outcome, AccessStep.Call);
    }

    public AccountAccess ReadAccess(JsonElement json)
    {
        var credentials = GoogleAdsCredentials.Read(json).Credentials!;
        return new AccountAccess(
            credentials.CustomerId,
            credentials.ConversionAction[(credentials.ConversionAction.LastIndexOf('/') + 1)..],
            credentials.LoginCustomerId,
            credentials.DeveloperToken,
            credentials.OAuth,
            MustOwnAction: false);
    }

    public HttpRequestMessage Request(JsonElement json, UploadBatch batch) =>
        Request(GoogleAdsCredentials.Read(json).Credentials!, batch.Sendable);

    /// <summary>A site that went back to this transport left requests behind, which only the other one can ask for.</summary>
    public Task<Confirmation> ConfirmAsync(
        JsonElement credentials, SubmittedRequest request, CancellationToken cancellationToken) =>
        Task.FromResult(Confirmation.Pending(
            "The request went out through the Data Manager API, which the site's credentials no longer name"
            + " (upload_api)."));

    /// <summary><c>customers/{id}:uploadClickConversions</c>, without its token.</summary>
    private HttpRequestMessage Request(
        GoogleAdsCredentials credentials, IReadOnlyList<Conversion> conversions, bool? validateOnly = null, int? jobId = null)
    {
        var path = $"{_options.ApiVersion}/customers/{credentials.CustomerId}:uploadClickConversions";
        var body = new UploadRequest(
            [.. conversions.Select(conversion => ClickConversions.From(conversion, credentials.ConversionAction))],
            PartialFailure: true,
            validateOnly,
            jobId);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_options.BaseAddress, path))
        {
            Content = JsonContent.Create(body, GoogleAdsJson.Default.UploadRequest),
        };
        GoogleAdsHeaders.Add(request, credentials.LoginCustomerId, credentials.DeveloperToken);
        return request;
    }
}

/// <summary>Maps the canonical conversion to Google's.</summary>
internal static class ClickConversions
{
    // Of one conversion (conversion_upload_service.proto).
    private const int MaxUserIdentifiers = 5;

    private static ClickUserIdentifier Identifier(UserIdentifier identifier) => identifier.Kind == UserIdentifierKind.Email
        ? new ClickUserIdentifier(identifier.Hash, null)
        : new ClickUserIdentifier(null, identifier.Hash);

    public static ClickConversion From(Conversion conversion, string conversionAction)
    {
        var click = conversion.Click;
        return new ClickConversion
        {
            ConversionAction = conversionAction,
            Gclid = click?.Kind == ClickIdKind.Gclid ? click.Value.Value : null,
            Gbraid = click?.Kind == ClickIdKind.Gbraid ? click.Value.Value : null,
            Wbraid = click?.Kind == ClickIdKind.Wbraid ? click.Value.Value : null,
            ConversionDateTime = GoogleAdsTime.Write(conversion.Time),
            ConversionValue = conversion.Value.ToMajor(),
            CurrencyCode = conversion.Value.Currency.Code,
            OrderId = conversion.OrderId,
            UserIdentifiers = conversion.UserIdentifiers.Count == 0
                ? null
                : [.. conversion.UserIdentifiers.Take(MaxUserIdentifiers).Select(Identifier)],
            Consent = conversion.Consent?.AdUserData is { } granted
                ? new ClickConsent(granted ? "GRANTED" : "DENIED")
                : null,
        };
    }
}

/// <summary>A moment as the Google Ads API takes it, cut to the second.</summary>
internal static class GoogleAdsTime
{
    public static string Write(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'+00:00'", CultureInfo.InvariantCulture);
}
