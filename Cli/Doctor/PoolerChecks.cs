using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Web;

namespace OpsMantik.Cli.Doctor;

/// <summary>
/// Whether large parameters come through what stands between this machine and the server. PgBouncer 1.18 damages some of hundreds of
/// kilobytes that follow a reset of the session, or holds the connection: write-backs then take half a minute, or never arrive.
/// </summary>
internal static class PoolerChecks
{
    public const string Name = "pooler";
    public const string Fix = "Use PgBouncer 1.21 or newer, or connect to the server itself.";

    private const int Connections = 4;
    private const int Rows = 2_000;

    // Less than the check as a whole has, so that it can still say what it saw.
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(6);

    public static async Task<IReadOnlyList<CheckResult>> RunAsync(string connectionString, CancellationToken stopping)
    {
        var text = new NpgsqlConnectionStringBuilder(
            DatabaseSource.WithoutReset(await DatabaseIdentity.SignInAsync(connectionString, stopping)));
        var pooler = await PoolerIdentity.ReadAsync(text, stopping);
        var rounds = pooler is null ? 1 : 8;
        await using var database = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(text.ConnectionString) { MinPoolSize = 0, MaxPoolSize = Connections }.ConnectionString);
        try
        {
            foreach (var opened in await Task.WhenAll(Each(_ => database.OpenConnectionAsync(stopping).AsTask())))
                await opened.DisposeAsync();
        }
        catch (NpgsqlException refused)
        {
            return [CheckResult.Warn(Name, $"{Connections} connections at once are too many ({DatabaseErrors.Reason(refused)})", null)];
        }

        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        stop.CancelAfter(Enough);
        var done = new int[Connections];
        var faults = await Task.WhenAll(Each(connection => EchoAsync(database, connection, rounds, done, stop)));
        stopping.ThrowIfCancellationRequested();
        var through = pooler?.Text ?? "none, the server itself answers";
        if (faults.FirstOrDefault(fault => fault is not null) is { } fault)
            return [CheckResult.Fail(Name, $"{through}; {fault}", Fix)];
        // One that stands while another is through hangs. If all are under way the line is slow.
        if (done.Min() == 0 || (done.Min() < rounds && done.Max() == rounds))
        {
            var late = $"{through}; arrays of 1 MB did not come back within {Enough.TotalSeconds:0} s";
            return [pooler is null ? CheckResult.Warn(Name, late, "Try again from a machine nearer to it.") : CheckResult.Fail(Name, late, Fix)];
        }

        var whole = $"{through}; arrays of 1 MB came back whole over {Connections} connections at once";
        return pooler?.IsOld == true ? [CheckResult.Warn(Name, $"{whole}, but this release damages some under load", Fix)]
            : pooler is not null && !text.NoResetOnClose ? [CheckResult.Warn(Name, whole, "Take No Reset On Close=false out of the connection string.")]
            : [CheckResult.Ok(Name, whole)];
    }

    /// <summary>What went wrong; null when nothing did, or when the time was over.</summary>
    private static async Task<string?> EchoAsync(
        NpgsqlDataSource database, int connection, int rounds, int[] done, CancellationTokenSource stop)
    {
        try
        {
            for (; done[connection] < rounds; done[connection]++)
            {
                // None is like another: what reaches the wrong connection is damage too.
                string[] values = [.. Enumerable.Range(0, Rows).Select(row => $"{connection} {done[connection]} {row} ".PadRight(500, 'x'))];
                await using var command = database.CreateCommand("select $1");
                command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = values });
                var back = (string[])(await command.ExecuteScalarAsync(stop.Token))!;
                if (!back.AsSpan().SequenceEqual(values))
                {
                    await stop.CancelAsync();
                    return "arrays of 1 MB came back damaged";
                }
            }
        }
        catch (Exception broken)
        {
            // Damaged bytes meet the server's parser or the driver's, where any exception may come of them. The others may wait for ever.
            if (stop.IsCancellationRequested)
                return null;
            await stop.CancelAsync();
            return $"arrays of 1 MB broke the connection ({DatabaseErrors.Reason(broken)})";
        }

        return null;
    }

    private static IEnumerable<Task<T>> Each<T>(Func<int, Task<T>> run) => Enumerable.Range(0, Connections).Select(run);
}
