using Npgsql;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Reliability.Load;

/// <summary>Breaks something every few seconds, in an order that a seed decides, and mends it.</summary>
internal sealed class SoakFaults(ProofEnvironment environment, SoakWorkers workers, Random random)
{
    private static readonly CallBehaviour[] Answers =
    [
        CallBehaviour.QuotaTemporary(), CallBehaviour.ServerError(), CallBehaviour.Hang, CallBehaviour.HangAfterAccept,
        CallBehaviour.Cut, CallBehaviour.CutAfterAccept, CallBehaviour.Garbage, CallBehaviour.TruncatedJson,
    ];

    /// <summary>Does what the testbed must have done, however often its own connection breaks.</summary>
    public static async Task InsistAsync(Func<Task> action)
    {
        while (true)
        {
            try
            {
                await action();
                return;
            }
            catch (NpgsqlException)
            {
                await Task.Delay(200);
            }
        }
    }

    public async Task BreakAsync(CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            await Task.Delay(random.Next(1_000, 4_000), CancellationToken.None);
            await BreakOneAsync();
        }
    }

    /// <summary>All is well from here on.</summary>
    public void End()
    {
        workers.Proxy.Silent = false;
        environment.Google.SetBehaviour(null, CallBehaviour.Normal);
        environment.Google.SetBehaviour(null, CallBehaviour.Normal, CallTarget.Token);
    }

    private async Task BreakOneAsync()
    {
        switch (random.Next(6))
        {
            case 0:
                await workers.KillAsync(random.Next(2));
                break;
            case 1:
                workers.Proxy.CutAll();
                break;
            case 2:
                workers.Proxy.Silent = true;
                await Task.Delay(1_500);
                workers.Proxy.Silent = false;
                break;
            case 3:
                environment.Google.SetBehaviour(null, CallBehaviour.ServerError(), CallTarget.Token);
                await Task.Delay(1_000);
                environment.Google.SetBehaviour(null, CallBehaviour.Normal, CallTarget.Token);
                break;
            case 4:
                await environment.Server.Postgres.RestartAsync(immediate: random.Next(2) == 0);
                environment.Database.Admin.Clear();
                break;
            default:
                environment.Google.QueueBehaviour(null, Answers[random.Next(Answers.Length)], random.Next(1, 30));
                break;
        }
    }
}
