using System.ComponentModel.DataAnnotations;
using System.Data.Common;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Database;
using OpsMantik.Core.Metrics;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Runs;

namespace OpsMantik.Core.Confirmations;

/// <summary>Takes one leased request from the question to settled rows, or to a later question.</summary>
internal sealed class RequestConfirmation(
    IConfirmationStore store,
    CredentialOpening opening,
    IOptions<ConfirmOptions> options,
    IOptions<UploadOptions> upload,
    Random random,
    TimeProvider time,
    Instruments instruments,
    ILogger<RequestConfirmation> logger)
{
    /// <summary>Code of rows whose request was never settled.</summary>
    public const string Unconfirmed = "UNCONFIRMED";

    private readonly RepeatedWrite _repeated = new(time);

    public async Task<ConfirmSummary> RunAsync(
        IConfirmingProvider provider, LeasedRequest request, CancellationToken cancellationToken)
    {
        using var span = Spans.Start("request", request.ProviderKey, request.SiteId, request.Rows.Count);
        var confirmation = await AskAsync(provider, request, cancellationToken);
        var outcomes = confirmation.Outcomes;
        if (outcomes is null && request.Overdue)
        {
            logger.ConfirmationGivenUp(request.RequestId, request.SiteId, request.ProviderKey, request.Rows.Count);
            outcomes = GiveUp(request);
        }

        // Not cancellable from here: the answer is known, and the command's own timeout bounds it.
        if (outcomes is null)
        {
            logger.ConfirmationPending(request.RequestId, request.SiteId, request.ProviderKey, confirmation.Reason!);
            await store.PostponeAsync(request, options.Value.GapAfter(request.QuestionsAsked + 1), CancellationToken.None);
            return ConfirmSummary.Nothing with { Checked = 1, Pending = 1 };
        }

        var results = request.Rows
            .Select((row, i) => RetryPolicy.Apply(row.Id, row.RetryCount, outcomes[i], null, random.NextDouble()))
            .ToArray();
        var counts = await SettleAsync(request, results, CircuitSignals.Of(outcomes));
        return new ConfirmSummary(1, counts.Completed, counts.Failed, counts.Retry, 0);
    }

    private async Task<WriteBackCounts> SettleAsync(
        LeasedRequest request, IReadOnlyList<JobResult> results, CircuitSignal signal)
    {
        try
        {
            var counts = await instruments.TimeWriteBackAsync(
                () => RepeatAsync(request, () => store.SettleAsync(request, results, signal, CancellationToken.None)));
            instruments.Written(request.ProviderKey, request.SiteId, results, counts);
            return counts;
        }
        catch (DbException exception) when (DatabaseErrors.IsRefusal(exception))
        {
            return await SettleDividedAsync(request, results, signal);
        }
    }

    // The request is settled last: until then its rows, those already written left out, are asked about again.
    private async Task<WriteBackCounts> SettleDividedAsync(
        LeasedRequest request, IReadOnlyList<JobResult> results, CircuitSignal signal)
    {
        var total = default(WriteBackCounts);
        var refused = await DividedWrite.WriteAsync(results, async part =>
        {
            var counts = await RepeatAsync(
                request, () => store.SettlePartAsync(request, part, signal, CancellationToken.None));
            instruments.Written(request.ProviderKey, request.SiteId, part, counts);
            total += counts;
            // One signal for the request, however it is divided.
            if (counts.Changed > 0)
                signal = CircuitSignal.None;
        });
        foreach (var (jobId, state) in refused)
        {
            var end = await store.EndRefusedAsync(request, jobId, state, CancellationToken.None);
            logger.WriteBackRefused(jobId, request.SiteId, request.ProviderKey, state, end);
            if (end != RefusedEnd.Failed)
                continue;
            var counts = new WriteBackCounts(Changed: 1, Completed: 0, Failed: 1, Retry: 0, Submitted: 0);
            instruments.Written(request.ProviderKey, request.SiteId, [RefusedRow.Failed(jobId)], counts);
            total += counts;
        }

        await store.SettleAsync(request, [], CircuitSignal.None, CancellationToken.None);
        return total;
    }

    private Task<T> RepeatAsync<T>(LeasedRequest request, Func<Task<T>> write) => _repeated.RunAsync(
        write, exception => logger.WriteBackRepeated(request.SiteId, request.ProviderKey, exception.Message));

    private async Task<Confirmation> AskAsync(
        IConfirmingProvider provider, LeasedRequest request, CancellationToken cancellationToken)
    {
        // Google's answer names rows by their index. A row without one is sent again, alone.
        var placed = request.Rows.Where(row => row.RequestIndex is not null).ToArray();
        var confirmation = placed.Length == 0
            // No row is left in the request: an operator may have re-queued them.
            ? Confirmation.Settled([])
            : await AskAsync(provider, request, placed, cancellationToken);
        if (confirmation.Outcomes is not { } known)
            return confirmation;

        var next = 0;
        return Confirmation.Settled(
            [.. request.Rows.Select(row => row.RequestIndex is null ? SendAgain("the row's place in it is not known") : known[next++])]);
    }

    private async Task<Confirmation> AskAsync(
        IConfirmingProvider provider, LeasedRequest request, SubmittedRow[] rows, CancellationToken cancellationToken)
    {
        try
        {
            var (credential, refusal) = opening.Open(new(request.SiteId, request.ProviderKey), request.Credential);
            using var opened = credential;
            if (credential is null)
                return Confirmation.Pending($"{refusal!.Code}: {refusal.Message}");

            var conversions = rows.Select(row => new SubmittedConversion(
                row.Id,
                row.RequestIndex!.Value,
                row.ClaimCount > 1 || row.ConversionTime < upload.Value.OtherSenderUntil)).ToArray();
            return await provider.ConfirmAsync(
                credential, new SubmittedRequest(request.RequestId, conversions), cancellationToken);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Asked again with growing gaps, and given up in the end, like any request without an answer.
            logger.ConfirmationFailed(
                exception.GetType().Name, request.RequestId, request.SiteId, request.ProviderKey, exception.StackTrace);
            return Confirmation.Pending("unexpected error in the worker; its log has the details");
        }
    }

    // Safe: whatever Google did process it recognises by the transaction id and does not count again.
    private UploadOutcome[] GiveUp(LeasedRequest request)
    {
        var outcome = SendAgain(
            $"Google gave no result for request {request.RequestId} within {options.Value.GiveUpAfter.TotalHours:0.#} h");
        return [.. request.Rows.Select(_ => outcome)];
    }

    private static UploadOutcome SendAgain(string reason) => UploadOutcome.Postponed(
        Unconfirmed, ErrorCategory.Transient, $"{reason}; sent again under the same transaction id.", TimeSpan.Zero);
}

/// <summary>When to ask what became of submitted conversions. Section <c>Confirm</c> (<c>Confirm__GiveUpAfter</c> …).</summary>
public sealed class ConfirmOptions
{
    public const string Section = "Confirm";

    /// <summary>From the acceptance to the first question. Google asks for 30 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan FirstCheckAfter { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>The longest of the growing gaps between two questions.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan LongestGap { get; set; } = TimeSpan.FromHours(6);

    /// <summary>A request unsettled for longer is sent again under the same transaction ids.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromHours(72);

    /// <summary>min(first gap × 2^(questions asked - 1), longest gap).</summary>
    /// <param name="questionsAsked">How often the request was asked about, from 1.</param>
    public TimeSpan GapAfter(int questionsAsked)
    {
        var exponent = Math.Clamp(questionsAsked - 1, 0, 30);
        return TimeSpan.FromSeconds(
            Math.Min(FirstCheckAfter.TotalSeconds * Math.Pow(2, exponent), LongestGap.TotalSeconds));
    }
}
