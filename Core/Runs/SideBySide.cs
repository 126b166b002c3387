namespace OpsMantik.Core.Runs;

/// <summary>How a run works on several groups at once.</summary>
internal static class SideBySide
{
    /// <summary>
    /// The caller's scheduler, which by default would be the thread pool whoever calls: in the app it is the pool all the
    /// same, in the simulation the one that decides by its seed what happens next.
    /// </summary>
    public static ParallelOptions AtMost(int number) =>
        new() { MaxDegreeOfParallelism = number, TaskScheduler = TaskScheduler.Current };
}
