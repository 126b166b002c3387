using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>
/// ConversionUploadService over REST. It decides on every conversion at once. Since June 2026 Google takes it only from
/// callers who used it before.
/// </summary>
internal sealed class ClickUploadTransport(
    GoogleCalls calls,
    TokenSource tokens,
    ApiVersionAlarm alarm,
    IOptions<GoogleAdsOptions> options,
    Instruments instruments,
    ILogger<ClickUploadTransport> log) : IGoogleAdsTransport
{
    public const string Name = "google_ads";

    private readonly GoogleAdsOptions _options = options.Value;

    public string UploadApi => Name;

    public string? FindFault(JsonElement credentials) => GoogleAdsCredentials.Read(credentials).Fault;

    public async Task SendAsync(JsonElement json, UploadBatch batch, CancellationToken cancellationToken)
    {
        var credentials = GoogleAdsCredentials.Read(json).Credentials!;
        var call = await CallAsync(
            "google_ads.upload", credentials, () => Request(credentials, batch.Sendable, jobId: batch.JobId), cancellationToken).ConfigureAwait(false);
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
        var reader = new AnswerReader(batch.Sendable, scrubber);
        var (outcomes, failure) = reader.Read(answer);
        for (var index = 0; index < outcomes.Count; index++)
        {
            batch.Settle(index, outcomes[index]);
        }

        AnswerLog.Write(log, credentials.CustomerId, answer.Status, batch.Sendable, outcomes, failure);
        if (reader.FindUnplaced(failure) is { Count: > 0 } unplaced)
        {
            instruments.Unplaced(GoogleAdsProvider.ProviderKey, "google_ads.upload", unplaced.Count);
            GoogleAdsLog.Unplaced(log, unplaced.Count, credentials.CustomerId, unplaced[0].Name, unplaced[0].Index!.Value);
        }

        if (failure.Errors.Any(error => error.Name == ErrorRemedy.UnsupportedVersion))
        {
            alarm.Raise(ErrorRemedy.UnsupportedVersion, _options.ApiVersion);
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

        // As an upload, but Google counts nothing.
        var call = await CallAsync(
            "google_ads.validate", credentials, () => Request(credentials, [sample], validateOnly: true), cancellationToken).ConfigureAwait(false);
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

    private Task<GoogleCall> CallAsync(
        string api, GoogleAdsCredentials credentials, Func<HttpRequestMessage> request, CancellationToken cancellationToken) =>
        calls.SendAsync(credentials.OAuth, api, request, _options.RequestTimeout, cancellationToken);

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

/// <summary>The headers of every call of the Google Ads API, beside the token.</summary>
internal static class GoogleAdsHeaders
{
    public static void Add(HttpRequestMessage request, string? loginCustomerId, string? developerToken)
    {
        if (loginCustomerId is not null)
        {
            request.Headers.Add("login-customer-id", loginCustomerId);
        }

        if (developerToken is not null)
        {
            request.Headers.Add("developer-token", developerToken);
        }
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
            ConversionDateTime = conversion.Time.UtcDateTime.ToString(
                "yyyy-MM-dd HH:mm:ss'+00:00'", CultureInfo.InvariantCulture),
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

/// <summary>Logs an answer: the call itself, and what a person should look into.</summary>
internal static class AnswerLog
{
    public static void Write(
        ILogger log,
        string customerId,
        int status,
        IReadOnlyList<Conversion> sent,
        IReadOnlyList<UploadOutcome> outcomes,
        GoogleAdsFailure failure)
    {
        var completed = outcomes.Count(outcome => outcome.Kind == OutcomeKind.Completed);
        GoogleAdsLog.Answered(log, status, customerId, sent.Count, completed, outcomes[0].RequestId);
        var foreign = outcomes.Count(outcome => outcome.Code == OtherSale.Code);
        if (foreign > 0)
        {
            GoogleAdsLog.CountedElsewhere(log, foreign, customerId);
        }

        foreach (var name in failure.Errors
            .Where(error => error.ListedClass is null)
            .Select(error => $"{error.Family}.{error.Name}")
            .Distinct())
        {
            GoogleAdsLog.UnlistedError(log, name);
        }

        foreach (var parked in outcomes
            .Where(outcome => outcome.Category == ErrorCategory.Configuration)
            .DistinctBy(outcome => outcome.Code))
        {
            GoogleAdsLog.Parked(log, customerId, parked.Code!, parked.Message!);
        }

        if (failure.Errors.Any(error => error.Name == ErrorRemedy.UnsupportedVersion))
        {
            GoogleAdsLog.VersionRetired(log);
        }
    }
}
