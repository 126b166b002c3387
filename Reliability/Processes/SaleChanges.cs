using Npgsql;

namespace OpsMantik.Reliability.Processes;

/// <summary>The dashboard beside a worker that dies: sales are canceled, confirmed again and get other amounts, one at a time.</summary>
internal sealed class SaleChanges : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    private readonly ProofEnvironment _environment;
    private readonly Random _random;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _changing;

    public SaleChanges(ProofEnvironment environment, int seed)
    {
        (_environment, _random) = (environment, new Random(seed));
        _changing = ChangeAsync();
    }

    /// <summary>Ends the changes; nothing of them is under way any more.</summary>
    public async Task StopAsync()
    {
        await _over.CancelAsync();
        await _changing;
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _over.Dispose();
    }

    private async Task ChangeAsync()
    {
        // Every second sale stays as it is: at each point there are rows that reach their end by the usual way.
        var sales = await _environment.Database.ScalarAsync<Guid[]>(
            "select array_agg(s.sale_id) from (select q.sale_id from offline_conversion_queue q order by q.id) s") ?? [];
        while (!_over.IsCancellationRequested)
        {
            var sale = sales[_random.Next(sales.Length / 2)];
            try
            {
                await (_random.Next(2) == 0
                    ? _environment.Database.ExecuteAsync(
                        "update sales set status = case when status = 'CANCELED' then 'CONFIRMED' else 'CANCELED' end where id = $1", sale)
                    : _environment.Database.ExecuteAsync(
                        "update sales set amount_cents = $2 where id = $1", sale, 1_000L * _random.Next(1, 9)));
            }
            catch (NpgsqlException)
            {
                // A deadlock, a wait too long: the dashboard tries again.
            }

            await Task.Delay(Pause, CancellationToken.None);
        }
    }
}
