using Microsoft.Extensions.Logging;

namespace OpsMantik.Cli.Demo;

/// <summary>Keeps the app's log from writing into the progress display: errors alone until it is opened.</summary>
internal sealed class LogGate
{
    // Says in a stack trace that port 7071 is taken, though the demo then takes another. As in the app's own filters.
    private const string Host = "Microsoft.Extensions.Hosting.Internal.Host";

    private volatile bool _open;

    public void Open() => _open = true;

    public bool Passes(string? category, LogLevel level)
    {
        if (category == Host)
            return level >= LogLevel.Critical;
        var ours = category?.StartsWith("OpsMantik.", StringComparison.Ordinal) ?? false;
        return level >= (_open ? ours ? LogLevel.Information : LogLevel.Warning : LogLevel.Error);
    }
}
