using OpsMantik.Core.Providers.DataManager.Errors;
using OpsMantik.Core.Providers.DataManager.Limits;
using OpsMantik.Core.Providers.DataManager.Sending;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Core.Providers.DataManager;

/// <summary>Tries a site's access by a request that Google validates and does not take in.</summary>
internal sealed class AccessTrial(DataManagerClient client, TokenSource tokens, ProjectLimits limits)
{
    public async Task<AccessCheck> VerifyAsync(
        DataManagerCredentials credentials, Conversion sample, CancellationToken cancellationToken)
    {
        var token = await tokens.GetAsync(credentials.Grant, null, cancellationToken).ConfigureAwait(false);
        if (token.Fault is { } refused)
        {
            return AccessCheck.Of(refused, AccessStep.Token);
        }

        var request = IngestRequests.From(credentials, [sample]) with { ValidateOnly = true };
        var call = await client.IngestAsync(credentials, request, cancellationToken).ConfigureAwait(false);
        var answer = IngestAnswer.Read(call);
        return answer.Refusal is { } refusal ? Judge(credentials, refusal)
            : answer.Fault is { } fault ? AccessCheck.Of(fault, AccessStep.Call)
            : AccessCheck.OfSample(UploadOutcome.Completed() with { RequestId = answer.RequestId });
    }

    private AccessCheck Judge(DataManagerCredentials credentials, ApiRefusal refusal)
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
