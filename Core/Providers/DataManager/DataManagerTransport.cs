using System.Text.Json;
using Microsoft.Extensions.Logging;
using OpsMantik.Core.Providers.DataManager.Confirming;
using OpsMantik.Core.Providers.DataManager.Errors;
using OpsMantik.Core.Providers.DataManager.Limits;
using OpsMantik.Core.Providers.DataManager.Sending;
using OpsMantik.Core.Providers.DataManager.Wire;
using OpsMantik.Core.Providers.GoogleAds;

namespace OpsMantik.Core.Providers.DataManager;

/// <summary>
/// The Data Manager API: it accepts a request first, whole or not at all, and says later what became of each event.
/// </summary>
internal sealed class DataManagerTransport(
    BatchIngest ingest,
    DataManagerClient client,
    AccessTrial trial,
    ProjectLimits limits,
    ILogger<DataManagerTransport> log)
    : IGoogleAdsTransport
{
    public const string Name = "data_manager";

    public string UploadApi => Name;

    public string? FindFault(JsonElement credentials) => DataManagerCredentials.Read(credentials).Fault;

    public Task SendAsync(JsonElement json, UploadBatch batch, CancellationToken cancellationToken) =>
        ingest.SendAsync(DataManagerCredentials.Read(json).Credentials!, batch, cancellationToken);

    public Task<AccessCheck> VerifyAsync(JsonElement json, Conversion sample, CancellationToken cancellationToken) =>
        trial.VerifyAsync(DataManagerCredentials.Read(json).Credentials!, sample, cancellationToken);

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
            { Status: 200 } answer => ReadStatus(answer, request, call.Scrubber),
            { } answer => ReadRefusal(credentials, ApiRefusal.Read(answer, call.Scrubber), request),
        };
        Write(credentials.CustomerId, request.RequestId, confirmation, status);
        return confirmation;
    }

    private (Confirmation, string) ReadStatus(
        GoogleAdsAnswer answer, SubmittedRequest request, SecretScrubber scrubber)
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
}
