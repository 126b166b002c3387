using OpsMantik.Core.Corrections;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Functions.Tests.Queue.Contract;

/// <summary>Sales that change at random beside claims, write-backs, releases and recoveries: both stores go the same way, step by step.</summary>
internal sealed class CorrectionContract
{
    private const string Provider = "google_ads";

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public async Task Both_stores_take_the_same_way(int seed)
    {
        await using var postgres = new PostgresStoreUnderTest();
        await using var memory = new MemoryStoreUnderTest();
        var (one, other) = (new CorrectionWalk(postgres), new CorrectionWalk(memory));
        await one.BeginAsync();
        await other.BeginAsync();
        var random = new Random(seed);
        List<string> steps = [];
        for (var step = 0; step < 120; step++)
        {
            var (what, how) = (random.Next(12), random.Next(5));
            steps.Add($"{what}/{how}");
            await one.StepAsync(what, how);
            await other.StepAsync(what, how);

            var stands = await other.ReadAsync();
            Assert.That(await one.ReadAsync(), Is.EqualTo(stands), $"after {string.Join(' ', steps)}");
            steps[^1] += $" {stands}\n";
        }
    }

    private sealed class CorrectionWalk(IStoreUnderTest store)
    {
        private static readonly Guid Site = new(1, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
        private static readonly Guid Row = new(1, 1, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
        private static readonly long[] Values = [12_345, 7_000, 8_000, 9_000, 0];

        private IConversionQueue _queue = null!;
        private ICorrectionStore _corrections = null!;
        private ClaimedGroup? _rows;
        private CorrectionGroup? _held;

        public async Task BeginAsync()
        {
            await store.OpenAsync();
            (_queue, _corrections) = (store.NewQueue(1), store.NewCorrections(1));
            await store.AddSiteAsync(Site);
            var now = await store.NowAsync();
            await store.EnqueueAsync(new QueueRow
            {
                Id = Row,
                Group = new GroupKey(Site, Provider),
                SaleId = new Guid(1, 2, 0, [0, 0, 0, 0, 0, 0, 0, 0]),
                Gclid = "click",
                ConversionTime = now.AddDays(-2),
                CreatedAt = now.AddDays(-1),
            });
        }

        public async Task<string> ReadAsync()
        {
            var row = await store.RowAsync(Row);
            return $"{row.Status} {row.ErrorCode} {row.Value} claims {row.ClaimCount} attempts {row.RetryCount}: {await store.CorrectionsAsync(Row)}";
        }

        public Task StepAsync(int what, int how) => what switch
        {
            < 3 => store.ChangeSaleAsync(Row, toggles: true, cents: null),
            < 5 => store.ChangeSaleAsync(Row, toggles: false, Values[how]),
            5 => ClaimAsync(),
            6 => WriteAsync(how),
            7 or 8 => ClaimCorrectionsAsync(),
            9 or 10 => EndCorrectionsAsync(how),
            _ => RecoverAsync(how),
        };

        private static UploadOutcome OutcomeOf(int how) => how switch
        {
            0 or 1 => UploadOutcome.Completed(),
            2 => UploadOutcome.Retry("INTERNAL_ERROR", ErrorCategory.Transient, "no answer"),
            3 => UploadOutcome.Failed("INVALID", ErrorCategory.Validation, "no"),
            _ => UploadOutcome.Unsendable("UNSENT", "no"),
        };

        private async Task ClaimAsync()
        {
            await store.AdvanceAsync(TimeSpan.FromDays(1));
            if (await _queue.ClaimAsync(new ClaimRequest(Provider, Guid.NewGuid(), 10, 10), CancellationToken.None) is [var claimed])
                _rows = claimed;
        }

        private async Task WriteAsync(int how)
        {
            if (_rows is { } rows)
            {
                await _queue.WriteBackAsync(
                    rows, [RetryPolicy.Apply(Row, rows.Jobs[0].RetryCount, OutcomeOf(how), null, 0)], CircuitSignal.None,
                    TimeSpan.Zero, TimeSpan.FromMinutes(30), CancellationToken.None);
            }
        }

        private async Task ClaimCorrectionsAsync()
        {
            await store.AdvanceAsync(TimeSpan.FromDays(1));
            if (await _corrections.ClaimAsync(Provider, 10, 10, CancellationToken.None) is [var claimed])
                _held = claimed;
        }

        private async Task EndCorrectionsAsync(int how)
        {
            if (_held is not { Jobs: [var job] } held)
                return;
            if (how == 4)
                await _corrections.ReleaseAsync(held, maySent: false, CancellationToken.None);
            else
                await _corrections.WriteBackAsync(
                    held, [RetryPolicy.Apply(job.Id, job.RetryCount, OutcomeOf(how), null, 0)], CircuitSignal.None, TimeSpan.Zero,
                    CancellationToken.None);
        }

        private async Task RecoverAsync(int how)
        {
            await store.AdvanceAsync(TimeSpan.FromMinutes(16));
            if (how > 1)
            {
                await _corrections.CorrectPendingAsync(CancellationToken.None);
                return;
            }

            await _queue.RecoverAsync(15, CancellationToken.None);
            await _corrections.RecoverAsync(15, CancellationToken.None);
        }
    }
}
