using System.Text.Json;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Vault;

namespace OpsMantik.Functions.Tests.Confirmations;

/// <summary>Answers every question as a test says, and keeps the questions.</summary>
internal sealed class ScriptedConfirmations : IConfirmingProvider
{
    public string Key => "google_ads";

    public int MaxBatchSize => 2_000;

    public List<SubmittedRequest> Questions { get; } = [];

    public Func<SubmittedRequest, Confirmation> Answer { get; set; } = _ => Confirmation.Pending("still processing");

    public void AnswerEach(UploadOutcome outcome) =>
        Answer = request => Confirmation.Settled([.. request.Conversions.Select(_ => outcome)]);

    public string? FindFault(JsonElement credentials) => null;

    public Task<IReadOnlyList<UploadOutcome>> UploadAsync(
        OpenedCredential credential, IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<Confirmation> ConfirmAsync(
        OpenedCredential credential, SubmittedRequest request, CancellationToken cancellationToken)
    {
        lock (Questions)
            Questions.Add(request);
        return Task.FromResult(Answer(request));
    }
}
