using Microsoft.Extensions.Logging;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Database;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Runs;

namespace OpsMantik.Core.Corrections;

/// <summary>Takes one claimed group of corrections from sealed credentials to written outcomes.</summary>
internal sealed class GroupCorrection(
    ICorrectionStore store,
    CredentialOpening opening,
    ConversionReader reader,
    Currencies currencies,
    Random random,
    TimeProvider time,
    ILogger<GroupCorrection> logger)
{
    private readonly RepeatedWrite _repeated = new(time);

    /// <returns>How many the provider has.</returns>
    /// <param name="abandon">Drops even a request in flight; its corrections go back to the queue.</param>
    public async Task<int> RunAsync(
        ICorrectingProvider provider, CorrectionGroup group, CancellationToken abandon)
    {
        using var span = Spans.Start("corrections", group.ProviderKey, group.SiteId, group.Jobs.Count);
        var started = time.GetTimestamp();
        var outcomes = new UploadOutcome?[group.Jobs.Count];
        try
        {
            await SendAsync(provider, group, outcomes, abandon);
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            span.Fail("abandoned");
            await ReleaseAsync(group, maySent: true);
            return 0;
        }
        catch (Exception exception)
        {
            // As for an upload: a bug costs an attempt, and stops no other group.
            span.Fail(exception);
            logger.UploadThrew(exception.GetType().Name, group.SiteId, group.ProviderKey, exception.StackTrace);
        }

        UploadOutcome[] known = [.. outcomes.Select(outcome => outcome ?? GroupUpload.WorkerError)];
        JobResult[] results =
        [
            .. group.Jobs.Select((job, i) => RetryPolicy.Apply(job.Id, job.RetryCount, known[i], null, random.NextDouble())),
        ];
        return await WriteAsync(group, results, CircuitSignals.Of(known), time.GetElapsedTime(started));
    }

    /// <summary>Gives back a group that was not sent, or whose result is unknown.</summary>
    public async Task ReleaseAsync(CorrectionGroup group, bool maySent)
    {
        try
        {
            await RepeatAsync(group, () => store.ReleaseAsync(group, maySent, CancellationToken.None));
        }
        catch (Exception exception)
        {
            logger.ReleaseFailed(group.SiteId, group.ProviderKey, group.Jobs.Count, exception.GetType().Name);
        }
    }

    private async Task SendAsync(
        ICorrectingProvider provider, CorrectionGroup group, UploadOutcome?[] outcomes, CancellationToken abandon)
    {
        List<Correction> corrections = [];
        List<int> places = [];
        for (var i = 0; i < group.Jobs.Count; i++)
        {
            var (correction, fault) = Read(group.Jobs[i]);
            outcomes[i] = fault;
            if (correction is null)
                continue;
            corrections.Add(correction);
            places.Add(i);
        }

        if (corrections.Count == 0)
            return;
        var (credential, refusal) = opening.Open(new(group.SiteId, group.ProviderKey), group.Credential);
        using var opened = credential;
        var answers = credential is null
            ? [.. Enumerable.Repeat(refusal! with { MayHaveBeenSent = false }, corrections.Count)]
            : await provider.CorrectAsync(credential, corrections, abandon);
        for (var i = 0; i < places.Count; i++)
            outcomes[places[i]] = IsDone(group.Jobs[places[i]], answers[i])
                ? UploadOutcome.Completed(answers[i].Code) with { RequestId = answers[i].RequestId }
                : answers[i].Without(corrections[i].Conversion);
    }

    // The Data Manager API takes a restated event again whenever it is sent, and keeps the last: an accepted one is not asked about.
    // What was retracted as a precaution, and is not there, was never counted.
    private static bool IsDone(CorrectionJob job, UploadOutcome answer) => answer.Kind == OutcomeKind.Submitted
        || answer is { Kind: OutcomeKind.Failed, Code: "CONVERSION_NOT_FOUND" } && !job.IsCounted;

    private (Correction? Correction, UploadOutcome? Fault) Read(CorrectionJob job)
    {
        // A sale's age stops its upload, not its correction: the provider knows how long it corrects.
        var (conversion, fault, _) = reader.Read(job.Row);
        if (conversion is null)
            return (null, fault);
        Money? value = null;
        if (job.Kind == CorrectionKind.Restate)
        {
            if (!currencies.TryFind(job.Currency, out var currency))
                return (null, UploadOutcome.Unsendable("INVALID_CURRENCY", "The currency is not a code of ISO 4217, as TRY."));
            value = new Money(job.ValueCents!.Value, currency);
        }

        return (new Correction
        {
            Id = job.Id,
            Conversion = conversion,
            Kind = job.Kind,
            NewValue = value,
            CorrectedAt = job.CorrectedAt,
            MayHaveBeenSent = job.ClaimCount > 1,
        }, null);
    }

    private async Task<int> WriteAsync(
        CorrectionGroup group, JobResult[] results, CircuitSignal signal, TimeSpan duration)
    {
        try
        {
            var counts = await RepeatAsync(
                group, () => store.WriteBackAsync(group, results, signal, duration, CancellationToken.None));
            if (counts.Changed < results.Length)
                logger.ClaimLost(group.SiteId, group.ProviderKey, results.Length - counts.Changed);
            return counts.Completed;
        }
        catch (Exception exception)
        {
            // They stay PROCESSING until recovery, and are sent again as the same corrections.
            logger.WriteBackFailed(group.SiteId, group.ProviderKey, results.Length, exception.GetType().Name);
            return 0;
        }
    }

    private Task<T> RepeatAsync<T>(CorrectionGroup group, Func<Task<T>> write) => _repeated.RunAsync(
        write, exception => logger.WriteBackRepeated(group.SiteId, group.ProviderKey, exception.Message));
}
