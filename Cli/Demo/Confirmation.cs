namespace OpsMantik.Cli.Demo;

/// <summary>Asks, through the HTTP twin, what became of submitted rows until none of the demo's is left.</summary>
internal sealed class Confirmation(DemoApi api, QueueView view, TimeProvider time)
{
    /// <summary>From an accepted request to the first question. Google asks for 30 minutes.</summary>
    public static readonly TimeSpan FirstQuestion = TimeSpan.FromSeconds(1);

    /// <summary>How long the emulator processes: not longer, so that the first question has its answer.</summary>
    public static readonly TimeSpan Processing = FirstQuestion;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    // The route asks about due requests alone, so calling it early costs nothing.
    public async Task<ConfirmCounts> RunAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var counts = ConfirmCounts.Nothing;
        while (await view.CountSubmittedAsync(cancellationToken) > 0 && time.GetElapsedTime(started) < Patience)
        {
            await Task.Delay(PollInterval, time, cancellationToken);
            counts += await api.ConfirmAsync(cancellationToken);
        }

        return counts;
    }
}
