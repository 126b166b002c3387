using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Metrics;

namespace OpsMantik.Core.Providers.GoogleAds;

/// <summary>A call of the Google Ads API that is answered row by row: uploads and corrections alike.</summary>
internal sealed class RowCalls(
    GoogleCalls calls, ApiVersionAlarm alarm, IOptions<GoogleAdsOptions> options, Instruments instruments, ILogger<RowCalls> log)
{
    private readonly GoogleAdsOptions _options = options.Value;

    /// <param name="api">Interface and method, for the telemetry.</param>
    /// <param name="credentials">Whose call it is.</param>
    /// <param name="rows">How many the request has.</param>
    /// <param name="request">Makes the request, for each try anew.</param>
    /// <param name="outcomeOf">What an error makes of the row at an index of the request.</param>
    /// <param name="cancellationToken">The caller's.</param>
    /// <returns>One outcome per row, in the request's order; and whether Google answered at all.</returns>
    /// <exception cref="OperationCanceledException">The caller cancelled. A time limit of ours is an outcome.</exception>
    public async Task<(IReadOnlyList<UploadOutcome> Outcomes, bool Answered)> SendAsync(
        string api,
        GoogleAdsCredentials credentials,
        int rows,
        Func<HttpRequestMessage> request,
        Func<ReportedError, int, UploadOutcome> outcomeOf,
        CancellationToken cancellationToken)
    {
        var call = await calls.SendAsync(credentials.OAuth, api, request, _options.RequestTimeout, cancellationToken)
            .ConfigureAwait(false);
        if (call.TokenReplaced)
        {
            GoogleAdsLog.TokenRefused(log, credentials.CustomerId);
        }

        if (call.Answer is not { } answer)
        {
            GoogleAdsLog.NoAnswer(log, credentials.CustomerId, rows, call.Fault!.Code!);
            return ([.. Enumerable.Repeat(call.Fault, rows)], false);
        }

        var reader = new AnswerReader(rows, outcomeOf, call.Scrubber.With(credentials.DeveloperToken));
        var (outcomes, failure) = reader.Read(answer);
        AnswerLog.Write(log, credentials.CustomerId, answer.Status, rows, outcomes, failure);
        if (reader.FindUnplaced(failure) is { Count: > 0 } unplaced)
        {
            instruments.Unplaced(GoogleAdsProvider.ProviderKey, api, unplaced.Count);
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

        return (outcomes, true);
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

/// <summary>Logs an answer: the call itself, and what a person should look into.</summary>
internal static class AnswerLog
{
    public static void Write(
        ILogger log,
        string customerId,
        int status,
        int sent,
        IReadOnlyList<UploadOutcome> outcomes,
        GoogleAdsFailure failure)
    {
        var completed = outcomes.Count(outcome => outcome.Kind == OutcomeKind.Completed);
        GoogleAdsLog.Answered(log, status, customerId, sent, completed, outcomes[0].RequestId);
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
