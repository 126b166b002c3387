using System.Text;
using System.Text.Json;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Vault;
using OpsMantik.Reliability.Simulation.Workers;

namespace OpsMantik.Reliability.Simulation.Google;

/// <summary>The provider as one run reaches it. The seed decides what becomes of each call.</summary>
internal sealed class SimulatedProvider(World world, SimulatedRun run) : IConfirmingProvider, ICorrectingProvider
{
    /// <summary>After which a call without an answer is one.</summary>
    public static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(120);

    private static readonly UploadOutcome Unknown = UploadOutcome.Retry("TIMEOUT", ErrorCategory.Transient, "no answer");
    private static readonly UploadOutcome Down = UploadOutcome.Retry("HTTP_503", ErrorCategory.Transient, "unavailable");

    public string Key => World.Provider;

    public int MaxBatchSize => world.MaxBatchSize;

    public string? FindFault(JsonElement credentials) => null;

    public async Task<IReadOnlyList<UploadOutcome>> UploadAsync(
        OpenedCredential credential, IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var batch = new UploadBatch(conversions);
        if (batch.Sendable.Count == 0)
            return batch.Outcomes;

        var site = SiteOf(credential);
        var delivery = new Delivery(run, site, batch.Sendable);
        world.InvariantChecks.Sending(delivery);
        await SendAsync(batch, site, () => Process(batch, delivery), () => world.InvariantChecks.AnswerLost(delivery), cancellationToken);
        foreach (var (conversion, outcome) in conversions.Zip(batch.Outcomes))
            Count(conversion, outcome);
        return batch.Outcomes;
    }

    public async Task<IReadOnlyList<UploadOutcome>> CorrectAsync(
        OpenedCredential credential, IReadOnlyList<Correction> corrections, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var batch = new CorrectionBatch(corrections, run.Worker.Clock.GetUtcNow());
        if (batch.Sendable.Count == 0)
            return batch.Outcomes;

        var site = SiteOf(credential);
        world.InvariantChecks.Correcting(run, site, batch.Sendable);
        await SendAsync(batch, site, () => Correct(batch, site), () => { }, cancellationToken);
        return batch.Outcomes;
    }

    public async Task<Confirmation> ConfirmAsync(
        OpenedCredential credential, SubmittedRequest request, CancellationToken cancellationToken)
    {
        await world.LatencyAsync(run, cancellationToken);
        if (world.Happens(world.Faults.Bug))
            throw new InvalidOperationException("a bug");
        if (world.Happens(world.Faults.Unreachable))
            return Confirmation.Pending("no answer");
        var accepted = world.Google.Request(request.RequestId);
        if (world.Now < accepted.SettledAt)
            return Confirmation.Pending("still processing");
        UploadOutcome[] outcomes = [.. request.Conversions.Select(conversion => accepted.Outcomes[conversion.RequestIndex])];
        foreach (var (conversion, outcome) in request.Conversions.Zip(outcomes))
            world.Sales[conversion.Id].AttemptsAnswered += outcome.SpendsAttempt ? 1 : 0;
        return Confirmation.Settled(outcomes);
    }

    /// <param name="process">The request is there.</param>
    /// <param name="lost">What became of it will not be known.</param>
    private async Task SendAsync<T>(
        SendBatch<T> batch, Guid site, Action process, Action lost, CancellationToken cancellationToken)
    {
        await world.LatencyAsync(run, cancellationToken);
        if (world.Happens(world.Faults.Unreachable))
        {
            await Task.Delay(RequestTimeout, run.Worker.Clock, cancellationToken);
            batch.SettleAll(Unknown);
            return;
        }

        if (world.Happens(world.Faults.Unauthorized))
        {
            batch.SettleAll(UploadOutcome.Failed("INVALID_GRANT", ErrorCategory.Auth, "refused"));
            return;
        }

        if (world.Google.IsDown(site, world.Now) || world.Happens(world.Faults.Refused))
        {
            batch.SettleAll(Down);
            return;
        }

        process();
        if (world.Happens(world.Faults.AnswerLost))
        {
            lost();
            batch.SettleAll(Unknown);
        }

        var answered = false;
        try
        {
            await AnswerAsync(batch, cancellationToken);
            answered = true;
        }
        finally
        {
            if (!answered)
                lost();
        }
    }

    private void Correct(CorrectionBatch batch, Guid site)
    {
        for (var i = 0; i < batch.Sendable.Count; i++)
        {
            var correction = batch.Sendable[i];
            var refusal = world.Happens(world.Faults.Partial) ? "UNKNOWN" : world.Google.Correct(site, correction);
            batch.Settle(i, refusal is null
                ? UploadOutcome.Completed()
                : AdjustmentErrorTable.ToOutcome(
                    new ReportedError("conversionAdjustmentUploadError", refusal, "", i, null), correction, run.Worker.Clock.GetUtcNow()));
            world.Trace.Add(
                world.Now, "corrected", run.Worker.Number, world.Sales[correction.Conversion.Id].Number,
                correction.NewValue?.MinorUnits ?? -1);
        }
    }

    // The effects happen here, at one moment; from here on only the answer can be lost.
    private void Process(UploadBatch batch, Delivery delivery)
    {
        world.InvariantChecks.Delivered(delivery);
        UploadOutcome[] outcomes =
        [
            .. batch.Sendable.Select(conversion => world.Happens(world.Faults.Partial)
                ? UploadOutcome.Retry("INTERNAL_ERROR", ErrorCategory.Transient, "stumbled")
                : world.Google.Process(delivery.SiteId, conversion, world.Now)),
        ];
        if (world.Sites[delivery.SiteId].DecidesLater)
        {
            var request = world.Google.Accept(outcomes, world.DrawSettlement());
            outcomes = [.. outcomes.Select((_, i) => UploadOutcome.Submitted(request, i))];
        }

        for (var i = 0; i < outcomes.Length; i++)
            batch.Settle(i, outcomes[i]);
        world.Trace.Add(world.Now, "delivered", run.Worker.Number, outcomes.Length, world.Google.Effects.Count);
    }

    private async Task AnswerAsync<T>(SendBatch<T> batch, CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (world.Happens(world.Faults.Bug))
            throw new InvalidOperationException("a bug");
        // A lost answer is an early cut, or a hanging connection.
        if (batch.Outcomes.Any(outcome => outcome == Unknown) && world.Happens(0.5))
            await Task.Delay(RequestTimeout, run.Worker.Clock, cancellationToken);
    }

    private void Count(Conversion conversion, UploadOutcome outcome)
    {
        if (world.Google.SaleOf(conversion) is { } sale && outcome.SpendsAttempt)
            sale.AttemptsAnswered++;
    }

    private static Guid SiteOf(OpenedCredential credential)
    {
        using var json = credential.Parse();
        return json.RootElement.GetProperty("site").GetGuid();
    }

    /// <summary>Credentials that say whose they are.</summary>
    public static byte[] CredentialsOf(Guid site) => Encoding.UTF8.GetBytes($$"""{"site":"{{site}}"}""");
}
