using System.Net;
using System.Text;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Providers.DataManager;
using OpsMantik.Core.Providers.GoogleAds;

namespace OpsMantik.Cli.Doctor;

/// <summary>Whether Google answers from here, and by the configured version. Asks without a token: a 401 is the good answer.</summary>
internal sealed class GoogleChecks(
    IHttpClientFactory http, IOptions<GoogleAdsOptions> ads, IOptions<DataManagerOptions> dataManager)
{
    public const string NetworkFix = "Check this machine's way to the internet (firewall, DNS, a proxy in Google__Proxy) and the address in the settings.";

    public Task<IReadOnlyList<CheckResult>> TokensAsync(CancellationToken cancellationToken) => AskAsync(
        "google tokens",
        ads.Value.TokenUri,
        new FormUrlEncodedContent([]),
        (status, _) => status is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized
            ? CheckResult.Ok("google tokens", $"{ads.Value.TokenUri.Host} answers")
            : null,
        cancellationToken);

    public Task<IReadOnlyList<CheckResult>> AdsAsync(CancellationToken cancellationToken)
    {
        var version = ads.Value.ApiVersion;
        return AskAsync(
            "google ads",
            new Uri(ads.Value.BaseAddress, $"{version}/customers/0000000000:uploadClickConversions"),
            new StringContent("{}", Encoding.UTF8, "application/json"),
            (status, body) => status switch
            {
                HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                    CheckResult.Ok("google ads", $"{ads.Value.BaseAddress.Host} answers, by {version}"),
                HttpStatusCode.NotFound or HttpStatusCode.BadRequest
                    when status == HttpStatusCode.NotFound || body.Contains("UNSUPPORTED_VERSION", StringComparison.Ordinal) =>
                    CheckResult.Fail(
                        "google ads",
                        $"{ads.Value.BaseAddress.Host} does not know {version} any more",
                        "Set GoogleAds__ApiVersion to a version that Google supports."),
                _ => null,
            },
            cancellationToken);
    }

    public Task<IReadOnlyList<CheckResult>> DataManagerAsync(CancellationToken cancellationToken) => AskAsync(
        "data manager",
        new Uri(dataManager.Value.BaseAddress, "v1/events:ingest"),
        new StringContent("{}", Encoding.UTF8, "application/json"),
        (status, _) => status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            ? CheckResult.Ok("data manager", $"{dataManager.Value.BaseAddress.Host} answers, by v1")
            : null,
        cancellationToken);

    private async Task<IReadOnlyList<CheckResult>> AskAsync(
        string check,
        Uri address,
        HttpContent content,
        Func<HttpStatusCode, string, CheckResult?> interpret,
        CancellationToken cancellationToken)
    {
        try
        {
            using var client = http.CreateClient(GoogleAdsServices.HttpClientName);
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
            using var response = await client.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            return
            [
                interpret(response.StatusCode, body) ?? CheckResult.Warn(
                    check,
                    $"{address.Host} answers HTTP {(int)response.StatusCode}, which is not what Google says to such a question",
                    "Try again; if it stays so, something else may answer at this address."),
            ];
        }
        catch (HttpRequestException exception)
        {
            return [CheckResult.Fail(check, $"no connection to {address.Host} ({exception.HttpRequestError})", NetworkFix)];
        }
    }
}
