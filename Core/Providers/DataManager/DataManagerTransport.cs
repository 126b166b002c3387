using System.Text.Json;
using Microsoft.Extensions.Logging;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Core.Providers.DataManager;

/// <summary>
/// The Data Manager API: it accepts a request first, whole or not at all, and says later what became of each event.
/// </summary>
internal sealed class DataManagerTransport(
    BatchIngest ingest,
    DataManagerClient client,
    TokenSource tokens,
    ProjectLimits limits,
    Instruments instruments,
    ILogger<DataManagerTransport> log)
    : IGoogleAdsTransport
{
    public const string Name = "data_manager";

    public string UploadApi => Name;

    public string? FindFault(JsonElement credentials) => DataManagerCredentials.Read(credentials).Fault;

    public Task SendAsync(JsonElement json, UploadBatch batch, CancellationToken cancellationToken) =>
        ingest.SendAsync(DataManagerCredentials.Read(json).Credentials!, batch, cancellationToken);

    public UploadOutcome? FindFault(Correction correction) => EventCorrections.FindFault(correction);

    public async Task CorrectAsync(JsonElement json, CorrectionBatch batch, CancellationToken cancellationToken)
    {
        var events = new UploadBatch([.. batch.Sendable.Select(EventCorrections.Restated)]);
        if (events.Sendable.Count > 0)
        {
            await SendAsync(json, events, cancellationToken).ConfigureAwait(false);
        }

        foreach (var (index, outcome) in events.Outcomes.Index())
        {
            batch.Settle(index, EventCorrections.OutcomeOf(batch.Sendable[index].Kind, outcome));
        }
    }

    public async Task<AccessCheck> VerifyAsync(
        JsonElement json, Conversion sample, CancellationToken cancellationToken)
    {
        var credentials = DataManagerCredentials.Read(json).Credentials!;
        var token = await tokens.GetAsync(credentials.Grant, null, cancellationToken).ConfigureAwait(false);
        if (token.Fault is { } refused)
        {
            return AccessCheck.Of(refused, AccessStep.Token);
        }

        var request = IngestRequests.From(credentials, [sample]) with { ValidateOnly = true };
        var call = await client.IngestAsync(credentials, request, cancellationToken).ConfigureAwait(false);
        var answer = IngestAnswer.Read(call);
        return answer.Refusal is { } refusal ? ReadAccess(credentials, refusal)
            : answer.Fault is { } fault ? AccessCheck.Of(fault, AccessStep.Call)
            : AccessCheck.OfSample(UploadOutcome.Completed() with { RequestId = answer.RequestId });
    }

    public AccountAccess ReadAccess(JsonElement json)
    {
        var credentials = DataManagerCredentials.Read(json).Credentials!;
        return new AccountAccess(
            credentials.CustomerId,
            credentials.ConversionActionId,
            credentials.LoginCustomerId,
            new CredentialFields(json).HeaderValue("developer_token"),
            // A consent has the scopes that its owner gave; a key signs for the scope that is asked for.
            credentials.Grant is ServiceAccountKey key ? key with { Scope = AccountAccess.Scope } : credentials.Grant,
            MustOwnAction: true);
    }

    public HttpRequestMessage Request(JsonElement json, UploadBatch batch) =>
        client.Request(IngestRequests.From(DataManagerCredentials.Read(json).Credentials!, batch.Sendable));

    public async Task<Confirmation> ConfirmAsync(
        JsonElement json, SubmittedRequest request, CancellationToken cancellationToken)
    {
        var credentials = DataManagerCredentials.Read(json).Credentials!;
        var call = await client.RetrieveStatusAsync(credentials, request.RequestId, cancellationToken)
            .ConfigureAwait(false);
        var (confirmation, status) = call.Answer switch
        {
            null => (Confirmation.Pending(call.Fault!.Message!), "no answer"),
            { Status: 200 } answer => ReadStatus(credentials.CustomerId, answer, request, call.Scrubber),
            { } answer => ReadRefusal(credentials, ApiRefusal.Read(answer, call.Scrubber), request),
        };
        Write(credentials.CustomerId, request.RequestId, confirmation, status);
        return confirmation;
    }

    private (Confirmation, string) ReadStatus(
        string customerId, GoogleAnswer answer, SubmittedRequest request, SecretScrubber scrubber)
    {
        var response = DataManagerJson.Parse(answer.Body, DataManagerJson.Default.RequestStatusResponse);
        // We send one destination a request.
        if ((response?.RequestStatusPerDestination ?? []).OfType<DestinationStatus>().FirstOrDefault() is not { } status)
        {
            return (Confirmation.Pending("Google's answer holds no status of the request."), "unreadable");
        }

        var report = ProcessingReport.Read(status, scrubber);
        foreach (var error in report.Errors.Where(error => error.ListedClass is null))
        {
            DataManagerLog.UnlistedReason(log, error.Name);
        }

        if (report.Unplaced is { Count: > 0 } unplaced)
        {
            instruments.Unplaced(GoogleAdsProvider.ProviderKey, "data_manager.status", unplaced.Count);
            DataManagerLog.Unplaced(log, unplaced.Count, customerId, unplaced[0].Name);
        }

        return (Settlement.Of(report, request), report.Status);
    }

    private (Confirmation, string) ReadRefusal(
        DataManagerCredentials credentials, ApiRefusal refusal, SubmittedRequest request)
    {
        // Only Google's own word for it: a proxy's 404 must not send everything again.
        var isUnknown = refusal.Name == ErrorReasonTable.InvalidRequestId
            || (refusal.Status == 404 && refusal.IsGoogles);
        if (isUnknown)
        {
            return (Settlement.OfUnknown(refusal.Name, request), refusal.Name);
        }

        Quota.Find(refusal, limits.Gate(credentials.Project, RequestKind.Status));
        return (Confirmation.Pending(
            $"Google answered the question HTTP {refusal.Status} ({refusal.Name}). {refusal.Message}".TrimEnd()),
            refusal.Name);
    }

    private void Write(string customerId, string requestId, Confirmation confirmation, string status)
    {
        if (confirmation.Outcomes is not { } outcomes)
        {
            DataManagerLog.NotSettled(log, customerId, requestId, confirmation.Reason!);
            return;
        }

        DataManagerLog.Settled(
            log,
            customerId,
            requestId,
            status,
            outcomes.Count(outcome => outcome.Kind == OutcomeKind.Completed),
            outcomes.Count(outcome => outcome.Kind == OutcomeKind.Retry),
            outcomes.Count(outcome => outcome.Kind == OutcomeKind.Failed));
    }

    /// <summary>What the refusal of a request that was only validated says about the access.</summary>
    private AccessCheck ReadAccess(DataManagerCredentials credentials, ApiRefusal refusal)
    {
        var gate = limits.Gate(credentials.Project, RequestKind.Ingest);
        var shared = Quota.Find(refusal, gate) ?? RequestOutcome.For(refusal);
        // Google names the one event of the request: it looked at the row.
        var ofRow = shared is null && refusal.Violations.Any(violation => violation.Index is not null);
        var outcome = (shared ?? RowOutcomes.For(
            ErrorReasonTable.Find(refusal.Name) ?? ErrorClass.Permanent, refusal.Name, refusal.Message)) with
        {
            RequestId = refusal.RequestId,
        };
        return ofRow ? AccessCheck.OfSample(outcome) : AccessCheck.Of(outcome, AccessStep.Call);
    }
}
