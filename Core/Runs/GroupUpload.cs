using System.Data.Common;
using Microsoft.Extensions.Logging;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Database;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Reconciliation;

namespace OpsMantik.Core.Runs;

/// <summary>Takes one claimed group from sealed credentials to written outcomes. Its errors do not affect other groups.</summary>
internal sealed class GroupUpload(
    IConversionQueue queue,
    GroupWriteBack writeBack,
    CredentialOpening opening,
    ConversionReader reader,
    Random random,
    TimeProvider time,
    ILogger<GroupUpload> logger)
{
    /// <summary>Of a row that met an error of the worker's own.</summary>
    public static readonly UploadOutcome WorkerError = UploadOutcome.Retry(
        "WORKER_ERROR", ErrorCategory.Transient, "Unexpected error in the worker; its log has the details.");

    /// <param name="abandon">Drops even a request in flight; its rows go back to the queue.</param>
    public async Task<UploadSummary> RunAsync(
        IConversionProvider provider, ClaimedGroup group, CancellationToken abandon)
    {
        using var span = Spans.Start("group", group.ProviderKey, group.SiteId, group.Jobs.Count);
        var started = time.GetTimestamp();
        var outcomes = new UploadOutcome?[group.Jobs.Count];
        var references = new string?[group.Jobs.Count];
        try
        {
            await UploadAsync(provider, group, outcomes, references, abandon);
        }
        catch (OperationCanceledException) when (abandon.IsCancellationRequested)
        {
            span.Fail("abandoned");
            await ReleaseAsync(group, maySent: true);
            return UploadSummary.Nothing;
        }
        catch (TimesNotKeptException)
        {
            // Without its new second, a sale would come alone the next time, at the second of the one that was sent: Google
            // would not count it. Released, they come together again.
            span.Fail("times not kept");
            await ReleaseAsync(group, maySent: false);
            return UploadSummary.Nothing;
        }
        catch (Exception exception)
        {
            // A bug must not cause an endless loop or stop the other groups: it costs an attempt like
            // any other failure. Rows that were refused before it keep their own outcome.
            span.Fail(exception);
            logger.UploadThrew(exception.GetType().Name, group.SiteId, group.ProviderKey, exception.StackTrace);
        }

        var (results, signal) = Settle(group, [.. outcomes.Select(outcome => outcome ?? WorkerError)], references);
        if (await writeBack.WriteAsync(group, results, signal, time.GetElapsedTime(started)) is not { } counts)
        {
            span.Fail("WRITE_BACK_FAILED");
            return UploadSummary.Nothing;
        }

        if (signal == CircuitSignal.TransientFailure)
            span.Fail(signal.ToString());
        return new UploadSummary(counts.Changed, counts.Completed, counts.Failed, counts.Retry, counts.Submitted);
    }

    /// <summary>Gives back a group that was not sent, or whose result is unknown.</summary>
    public Task ReleaseAsync(ClaimedGroup group, bool maySent) => writeBack.ReleaseAsync(group, maySent);

    private async Task UploadAsync(
        IConversionProvider provider,
        ClaimedGroup group,
        UploadOutcome?[] outcomes,
        string?[] references,
        CancellationToken abandon)
    {
        List<Conversion> conversions = [];
        List<int> places = [];
        for (var i = 0; i < group.Jobs.Count; i++)
        {
            var (conversion, fault, _) = reader.Read(group.Jobs[i]);
            references[i] = conversion?.OrderId;
            if (conversion is null || fault is not null)
            {
                outcomes[i] = fault!;
                continue;
            }

            conversions.Add(conversion);
            places.Add(i);
        }

        var moved = await SeparateAsync(group, conversions, places, abandon);
        foreach (var i in moved.OrderDescending())
        {
            // Into a second that has not come yet.
            if (reader.FindTimeFault(conversions[i].Time) is { } fault)
            {
                outcomes[places[i]] = fault;
                conversions.RemoveAt(i);
                places.RemoveAt(i);
            }
        }

        var answers = await SendAsync(provider, group, conversions, abandon);
        for (var i = 0; i < places.Count; i++)
            outcomes[places[i]] = answers[i].Without(conversions[i]);
    }

    // Two sales of one click in the same second: the later one goes out at a second of its own, which is kept first.
    private async Task<IEnumerable<int>> SeparateAsync(
        ClaimedGroup group, List<Conversion> conversions, List<int> places, CancellationToken abandon)
    {
        var moves = ClickSeconds.Separate(
            conversions,
            index => group.Jobs[places[index]].TimeShift,
            index => reader.OtherSenderMayHaveIt(conversions[index].Time) ? null : group.Jobs[places[index]].ClaimCount);
        if (moves.Count == 0)
            return [];
        try
        {
            await queue.ShiftAsync(
                group,
                moves.ToDictionary(move => conversions[move.Key].Id, move => group.Jobs[places[move.Key]].TimeShift + move.Value),
                abandon);
        }
        catch (DbException exception)
        {
            logger.ShiftFailed(group.SiteId, group.ProviderKey, moves.Count, exception.GetType().Name);
            if (DatabaseErrors.IsPassing(exception))
                throw new TimesNotKeptException();
            // It would be refused again: the batch holds the later ones back, and the others go.
            return [];
        }

        foreach (var (index, seconds) in moves)
            conversions[index] = conversions[index] with { Time = conversions[index].Time.AddSeconds(seconds) };
        return moves.Keys;
    }

    private (IReadOnlyList<JobResult> Results, CircuitSignal Signal) Settle(
        ClaimedGroup group, UploadOutcome[] outcomes, string?[] references)
    {
        var results = new JobResult[outcomes.Length];
        for (var i = 0; i < results.Length; i++)
        {
            var job = group.Jobs[i];
            results[i] = RetryPolicy.Apply(job.Id, job.RetryCount, outcomes[i], references[i], random.NextDouble());
        }

        return (results, CircuitSignals.Of(outcomes));
    }

    private async Task<IReadOnlyList<UploadOutcome>> SendAsync(
        IConversionProvider provider,
        ClaimedGroup group,
        List<Conversion> conversions,
        CancellationToken abandon)
    {
        if (conversions.Count == 0)
            return [];

        var (credential, refusal) = opening.Open(new(group.SiteId, group.ProviderKey), group.Credential);
        using var opened = credential;
        if (credential is null)
            return [.. Enumerable.Repeat(refusal! with { MayHaveBeenSent = false }, conversions.Count)];

        var outcomes = provider is ICountingProvider counting
            ? await counting.UploadAsync(credential, conversions, JobIds.Of(group.ClaimToken, group.SiteId), abandon)
            : await provider.UploadAsync(credential, conversions, abandon);
        return outcomes.Count == conversions.Count
            ? outcomes
            : throw new InvalidOperationException(
                $"{provider.Key} answered {outcomes.Count} outcomes for {conversions.Count} conversions.");
    }
}

/// <summary>Sales of one click and second could not be told apart, because the database is in trouble: nothing of the group was sent.</summary>
internal sealed class TimesNotKeptException : Exception;
