using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Providers.GoogleAds.Errors;
using OpsMantik.Core.Providers.GoogleAds.OAuth;
using OpsMantik.Core.Providers.GoogleAds.Wire;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>Speaks <c>customers/{id}:uploadClickConversions</c> over REST: one request, one answer or fault.</summary>
internal sealed class GoogleAdsClient(
    IHttpClientFactory http, IOptions<GoogleAdsOptions> options, TimeProvider time)
{
    private readonly GoogleAdsOptions _options = options.Value;

    /// <returns>The answer, whatever its status; or the outcome of all rows when none came.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled. A time limit of ours is a fault.</exception>
    public async Task<(GoogleAdsAnswer? Answer, UploadOutcome? Fault)> UploadAsync(
        GoogleAdsCredentials credentials,
        AccessToken token,
        IReadOnlyList<Conversion> conversions,
        CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(_options.RequestTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var client = http.CreateClient(GoogleAdsServices.HttpClientName);
        using var request = Request(credentials, token, conversions);
        try
        {
            // The body is read within this call, so the time limit and the size limit cover it.
            using var response = await client.SendAsync(request, either.Token).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
            var status = (int)response.StatusCode;
            return (new GoogleAdsAnswer(status, body, RequestId(response), RetryAfter(response)), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            var seconds = _options.RequestTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture);
            return (null, Verdict.Unknown("TIMEOUT", $"Google did not answer within {seconds} s."));
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.ConfigurationLimitExceeded)
        {
            return (null, Verdict.Unknown("INVALID_RESPONSE", "Google's answer was larger than any it documents."));
        }
        catch (HttpRequestException error)
        {
            return (null, Verdict.Unknown("CONNECTION", $"No connection to Google ({error.HttpRequestError})."));
        }
    }

    private HttpRequestMessage Request(
        GoogleAdsCredentials credentials, AccessToken token, IReadOnlyList<Conversion> conversions)
    {
        var path = $"{_options.ApiVersion}/customers/{credentials.CustomerId}:uploadClickConversions";
        var body = new UploadRequest(
            [.. conversions.Select(conversion => ClickConversions.From(conversion, credentials.ConversionAction))],
            PartialFailure: true);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_options.BaseAddress, path))
        {
            Content = JsonContent.Create(body, GoogleAdsJson.Default.UploadRequest),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
        AddIfHeld(request, "login-customer-id", credentials.LoginCustomerId);
        AddIfHeld(request, "developer-token", credentials.DeveloperToken);
        return request;
    }

    private static void AddIfHeld(HttpRequestMessage request, string header, string? value)
    {
        if (value is not null)
        {
            request.Headers.Add(header, value);
        }
    }

    private static string? RequestId(HttpResponseMessage response) =>
        response.Headers.TryGetValues("request-id", out var values) ? values.FirstOrDefault() : null;

    private TimeSpan? RetryAfter(HttpResponseMessage response) =>
        Delay.Bound(response.Headers.RetryAfter is { } after ? after.Delta ?? after.Date - time.GetUtcNow() : null);
}
