using OpsMantik.Core.Corrections;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.Queue;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Corrections;

/// <summary>One confirmed sale of 100 TRY and its row, which can be sent, changed and corrected.</summary>
internal abstract class SentSaleFixture : QueueFixture
{
    protected const string Cancel = "status = 'CANCELED'";

    protected Guid Site { get; private set; }

    protected Guid Row { get; private set; }

    protected CorrectionStore Corrections { get; private set; } = null!;

    [SetUp]
    public async Task EnqueueAsync()
    {
        Site = await Database.AddSiteAsync();
        Row = (await Database.EnqueueAsync(Site)).Single();
        Corrections = new CorrectionStore(Worker, TestInstruments.New(), new Random(1));
        await Database.ExecuteAsync("update sales set status = 'CONFIRMED', amount_cents = 10000, currency = 'TRY'");
        await Database.ExecuteAsync("update offline_conversion_queue set value_cents = 10000, currency = 'TRY'");
    }

    protected Task<int> ChangeAsync(string set) => Database.ExecuteAsync($"update sales set {set}");

    protected async Task SendAsync()
    {
        var group = (await ClaimAsync()).Single();
        await WriteBackAsync(group, UploadOutcome.Completed());
    }

    protected async Task CorrectAsync(UploadOutcome outcome) => await WriteAsync((await ClaimCorrectionsAsync()).Single(), outcome);

    protected Task<WriteBackCounts> WriteAsync(
        CorrectionGroup group, UploadOutcome outcome, CircuitSignal signal = CircuitSignal.None) => Corrections.WriteBackAsync(
        group,
        [.. group.Jobs.Select(job => RetryPolicy.Apply(job.Id, job.RetryCount, outcome, null, 0))],
        signal,
        TimeSpan.Zero,
        CancellationToken.None);

    /// <summary>A test is quicker than a second: what was given the next one is moved back, all by as much, before the claim.</summary>
    protected async Task<IReadOnlyList<CorrectionGroup>> ClaimCorrectionsAsync()
    {
        await Database.ExecuteAsync(
            """
            update conversion_corrections
            set corrected_at = corrected_at - interval '2 seconds'
            where (select max(corrected_at) from conversion_corrections) > now()
            """);
        return await Corrections.ClaimAsync(Provider, 100, 100, CancellationToken.None);
    }

    protected Task<string?> RowAsync() => Database.ScalarAsync<string>(
        "select concat_ws(' ', status, provider_error_code, value_cents, currency) from offline_conversion_queue where id = $1", Row);

    protected Task<string?> CorrectionsAsync() => Database.ScalarAsync<string>(
        """
        select string_agg(concat_ws(' ', kind, value_cents, currency, status,
                                    case when status = 'FAILED' then provider_error_code end), ', ' order by created_at, id)
        from conversion_corrections
        """);
}
