using System.Net.Http.Json;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary><c>googleAds:search</c>: asks an account by a query, and follows the pages of the answer. Changes nothing.</summary>
internal sealed class GoogleAdsSearch(GoogleCalls calls, IOptions<GoogleAdsOptions> options)
{
    // Of 10,000 rows each. What Google has more than that is none of our questions' answer.
    private const int MostPages = 20;

    private readonly GoogleAdsOptions _options = options.Value;

    /// <returns>The rows of all pages; or the outcome of a call that failed.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled. A time limit of ours is a fault.</exception>
    public async Task<(IReadOnlyList<SearchRow?>? Rows, UploadOutcome? Fault)> SearchAsync(
        AccountAccess access, string query, CancellationToken cancellationToken)
    {
        List<SearchRow?> rows = [];
        var page = default(string);
        for (var pages = 0; pages < MostPages; pages++)
        {
            var (response, fault) = await ReadAsync(access, new SearchRequest(query, page), cancellationToken).ConfigureAwait(false);
            if (fault is not null)
                return (null, fault);
            rows.AddRange(response!.Results ?? []);
            if (string.IsNullOrEmpty(response.NextPageToken) || response.NextPageToken == page)
                return (rows, null);
            page = response.NextPageToken;
        }

        // Half of an answer would look like a whole one.
        return (null, ErrorTable.Unknown("INVALID_RESPONSE", "Google's answer has more pages than any it documents."));
    }

    /// <summary>Resource names of the accounts that the grant's person is a user of.</summary>
    /// <exception cref="OperationCanceledException">The caller cancelled. A time limit of ours is a fault.</exception>
    public async Task<(IReadOnlyList<string?>? Names, UploadOutcome? Fault)> ListAccessibleAsync(
        ITokenGrant grant, CancellationToken cancellationToken)
    {
        var address = new Uri(_options.BaseAddress, $"{_options.ApiVersion}/customers:listAccessibleCustomers");
        var (answer, _, fault) = await CallAsync(
            grant, "google_ads.list", () => new HttpRequestMessage(HttpMethod.Get, address), null, cancellationToken).ConfigureAwait(false);
        return fault is not null ? (null, fault)
            : GoogleAdsJson.Parse(answer!.Body, GoogleAdsJson.Default.AccessibleCustomers) is { } list ? (list.ResourceNames ?? [], null)
            : (null, Unreadable());
    }

    private async Task<(SearchResponse? Response, UploadOutcome? Fault)> ReadAsync(
        AccountAccess access, SearchRequest body, CancellationToken cancellationToken)
    {
        var (answer, scrubber, fault) = await CallAsync(
            access.Grant, "google_ads.search", () => Request(access, body), access.DeveloperToken, cancellationToken).ConfigureAwait(false);
        // Names are of the account's owner: they may hold anything.
        return fault is not null ? (null, fault)
            : GoogleAdsJson.Parse(answer!.Body, GoogleAdsJson.Default.SearchResponse) is { } response
                ? (response with { Results = [.. (response.Results ?? []).Select(row => row?.Clean(scrubber))] }, null)
                : (null, Unreadable());
    }

    private async Task<(GoogleAnswer? Answer, SecretScrubber Scrubber, UploadOutcome? Fault)> CallAsync(
        ITokenGrant grant, string api, Func<HttpRequestMessage> request, string? developerToken, CancellationToken cancellationToken)
    {
        var call = await calls.SendAsync(grant, api, request, _options.RequestTimeout, cancellationToken).ConfigureAwait(false);
        var scrubber = call.Scrubber.With(developerToken);
        if (call.Answer is not { } answer)
            return (null, scrubber, call.Fault);
        if (answer.Status == 200)
            return (answer, scrubber, null);
        var failure = GoogleAdsFailure.Read(GoogleAdsJson.Parse(answer.Body, GoogleAdsJson.Default.ErrorResponse)?.Error, isPartial: false, scrubber);
        return (null, scrubber, RequestRefusal.For(answer, failure) with { RequestId = scrubber.Identifier(answer.RequestId) });
    }

    private static UploadOutcome Unreadable() => ErrorTable.Unknown("INVALID_RESPONSE", "Google's answer cannot be read.");

    private HttpRequestMessage Request(AccountAccess access, SearchRequest body)
    {
        // Never a pageSize: Google refuses it.
        var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(_options.BaseAddress, $"{_options.ApiVersion}/customers/{access.CustomerId}/googleAds:search"))
        {
            Content = JsonContent.Create(body, GoogleAdsJson.Default.SearchRequest),
        };
        GoogleAdsHeaders.Add(request, access.LoginCustomerId, access.DeveloperToken);
        return request;
    }
}
