using System.Net.Http.Json;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Providers.GoogleAds.Wire;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>Speaks <c>customers/{id}:uploadClickConversions</c> over REST: one request, one answer or fault.</summary>
internal sealed class GoogleAdsClient(GoogleCalls calls, IOptions<GoogleAdsOptions> options)
{
    private readonly GoogleAdsOptions _options = options.Value;

    /// <exception cref="OperationCanceledException">The caller cancelled. A time limit of ours is a fault.</exception>
    public Task<GoogleCall> UploadAsync(
        GoogleAdsCredentials credentials, IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken) =>
        calls.SendAsync(
            credentials.OAuth,
            "google_ads.upload",
            () => Request(credentials, conversions),
            _options.RequestTimeout,
            cancellationToken);

    /// <summary>As <see cref="UploadAsync"/>, but Google counts nothing.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled. A time limit of ours is a fault.</exception>
    public Task<GoogleCall> ValidateAsync(
        GoogleAdsCredentials credentials, Conversion sample, CancellationToken cancellationToken) =>
        calls.SendAsync(
            credentials.OAuth,
            "google_ads.validate",
            () => Request(credentials, [sample], validateOnly: true),
            _options.RequestTimeout,
            cancellationToken);

    /// <summary>The request without its token.</summary>
    public HttpRequestMessage Request(
        GoogleAdsCredentials credentials, IReadOnlyList<Conversion> conversions, bool? validateOnly = null)
    {
        var path = $"{_options.ApiVersion}/customers/{credentials.CustomerId}:uploadClickConversions";
        var body = new UploadRequest(
            [.. conversions.Select(conversion => ClickConversions.From(conversion, credentials.ConversionAction))],
            PartialFailure: true,
            validateOnly);
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(_options.BaseAddress, path))
        {
            Content = JsonContent.Create(body, GoogleAdsJson.Default.UploadRequest),
        };
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
}
