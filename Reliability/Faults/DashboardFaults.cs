using Npgsql;
using OpsMantik.Local.GoogleEmulator;
using OpsMantik.Testbed.Workers;

namespace OpsMantik.Reliability.Faults;

/// <summary>The dashboard at work on the same rows: it inserts, cancels, deletes sales and a site, all the while.</summary>
internal static class DashboardFaults
{
    public static IReadOnlyList<FaultScenario> All { get; } =
    [
        new("a dashboard that deletes a site, cancels and inserts", environment => DriveAsync(environment, restart: false)),
        new("amounts that change beside uploads that wait", ChangeBesideAsync),
        new("a dashboard that does, and the server crashes", environment => DriveAsync(environment, restart: true))
        {
            Options = new() { OwnServer = true }, IsSlow = true,
        },
        new("Data Manager: a dashboard that deletes a site, cancels and inserts", environment => DriveAsync(environment, restart: false))
        {
            Options = new() { UploadApi = "data_manager" }, IsSlow = true,
        },
    ];

    private static async Task<WorkerClient> DriveAsync(ProofEnvironment environment, bool restart)
    {
        environment.Google.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromMilliseconds(100)));
        environment.Google.QueueBehaviour(null, CallBehaviour.ServerError(), 6);
        var (one, other) = (await environment.StartWorkerAsync(), await environment.StartWorkerAsync());
        using var over = new CancellationTokenSource();
        Task[] sessions = [InsertAsync(environment, over.Token), CancelAsync(environment, over.Token), DeleteSalesAsync(environment, over.Token)];
        for (var round = 0; round < 4; round++)
        {
            var uploads = Task.WhenAll(one.TryUploadAsync(), other.TryUploadAsync(), one.TryConfirmAsync());
            await Task.Delay(50);
            // While rows of it are in flight: cascades to its sales, queue rows and credentials.
            if (round is 1 or 2)
                await InsistAsync(() => environment.Database.ExecuteAsync("delete from sites where id = $1", environment.Sites[round]));
            if (restart && round == 2)
                await environment.Server.Postgres.RestartAsync(immediate: true);
            await uploads;
            await InsistAsync(environment.LetTimePassAsync);
            await other.TryRecoverAsync();
        }

        await over.CancelAsync();
        await Task.WhenAll(sessions);
        environment.EndFault();
        environment.Google.SetBehaviour(null, CallBehaviour.Normal);
        if (await environment.Database.ScalarAsync<long>("select count(*) from audit_deleted where who = ''") == 0)
            throw new InvalidOperationException("Nothing was deleted: the scenario does not show what it is for.");
        return one;
    }

    /// <summary>Of each site some rows are counted and some wait for another try: the corrections of those wait with them.</summary>
    private static async Task<WorkerClient> ChangeBesideAsync(ProofEnvironment environment)
    {
        var (worker, sites) = (await environment.StartWorkerAsync(), environment.Sites.Length);
        await worker.UploadAsync(sites * 10);
        environment.Google.QueueBehaviour(null, CallBehaviour.ServerError(), sites);
        await worker.UploadAsync();
        await environment.ExpectAsync("COMPLETED");
        await environment.ExpectAsync("RETRY");

        await environment.Database.ExecuteAsync("update sales set amount_cents = 7000");
        await worker.UploadAsync();
        return worker;
    }

    /// <summary>Sales are confirmed as the dashboard does it, one transaction each.</summary>
    private static Task InsertAsync(ProofEnvironment environment, CancellationToken over) => LoopAsync(async place =>
    {
        var sale = Guid.NewGuid();
        await environment.Database.ExecuteAsync(
            """
            with talked as (
                insert into conversations (site_id, primary_source)
                select s.id, jsonb_build_object('gclid', 'dashboard-' || $1) from sites s where s.id = $2
                returning id, site_id
            )
            insert into sales (id, site_id, conversation_id, occurred_at, amount_cents)
            select $1, t.site_id, t.id, now() - interval '1 day', 500 from talked t
            """,
            sale, environment.Sites[place % environment.Sites.Length]);
        // A draft that is cancelled, or whose site went, cannot be confirmed.
        await environment.Database.ExecuteAsync("select confirm_sale_and_enqueue(s.id) from sales s where s.id = $1 and s.status = 'DRAFT'", sale);
    }, over);

    private static Task CancelAsync(ProofEnvironment environment, CancellationToken over) => LoopAsync(
        _ => environment.Database.ExecuteAsync(
            "update sales set status = 'CANCELED', updated_at = now() where id in (select s.id from sales s order by random() limit 2)"),
        over);

    /// <summary>Waiting, in flight or done: whichever it is.</summary>
    private static Task DeleteSalesAsync(ProofEnvironment environment, CancellationToken over) => LoopAsync(
        _ => environment.Database.ExecuteAsync("delete from sales where id in (select s.id from sales s order by random() limit 1)"),
        over);

    private static async Task LoopAsync(Func<int, Task> act, CancellationToken over)
    {
        for (var place = 0; !over.IsCancellationRequested; place++)
        {
            await InsistAsync(() => act(place));
            await Task.Delay(20, CancellationToken.None);
        }
    }

    // A deadlock, a server that is restarting: the dashboard tries again.
    private static async Task InsistAsync(Func<Task> act)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                await act();
                return;
            }
            catch (NpgsqlException error) when (tries < 100 && error is not PostgresException { SqlState: "42601" })
            {
                await Task.Delay(50);
            }
        }
    }
}
