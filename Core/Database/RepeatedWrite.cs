using System.Data.Common;
using Npgsql;

namespace OpsMantik.Core.Database;

/// <summary>
/// Repeats a write whose loss costs more than the wait: an answer of the provider's that is known, rows that are to go back. Only
/// for a write that a repetition changes nothing of, if its commit succeeded and the acknowledgement was lost.
/// </summary>
internal sealed class RepeatedWrite(TimeProvider time)
{
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(2)];

    // Together with the statement's own lock time-out some 30 s, as long as a command may take.
    private const int MostLockWaits = 30;
    private static readonly TimeSpan LockPause = TimeSpan.FromSeconds(0.2);

    /// <param name="repeating">Called before each repetition.</param>
    public async Task<T> RunAsync<T>(Func<Task<T>> write, Action<DbException> repeating)
    {
        for (var (failures, waits) = (0, 0); ;)
        {
            TimeSpan pause;
            try
            {
                return await write();
            }
            catch (DbException exception) when (
                exception.SqlState == PostgresErrorCodes.LockNotAvailable && waits < MostLockWaits)
            {
                waits++;
                pause = LockPause;
                repeating(exception);
            }
            catch (DbException exception) when (DatabaseErrors.IsPassing(exception) && failures < Pauses.Length)
            {
                pause = Pauses[failures++];
                repeating(exception);
            }

            await Task.Delay(pause, time, CancellationToken.None);
        }
    }
}
