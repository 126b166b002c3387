using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Confirmations;

/// <summary>A submitted request that this worker may ask about until its lease ends.</summary>
/// <param name="LeaseToken">The fence: settling and postponing name it.</param>
/// <param name="QuestionsAsked">This one included.</param>
/// <param name="Overdue">Older than the time after which a request is given up.</param>
/// <param name="Rows">Its rows that are still SUBMITTED.</param>
internal sealed record LeasedRequest(
    Guid LeaseToken,
    Guid SiteId,
    string ProviderKey,
    string RequestId,
    int QuestionsAsked,
    bool Overdue,
    SealedCredential? Credential,
    IReadOnlyList<SubmittedRow> Rows);
