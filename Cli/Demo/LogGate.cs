using Microsoft.Extensions.Logging;

namespace OpsMantik.Cli.Demo;

/// <summary>Keeps the app's log from writing into the progress display: errors alone until it is opened.</summary>
internal sealed class LogGate
{
    private volatile bool _open;

    public void Open() => _open = true;

    public bool Passes(string? category, LogLevel level)
    {
        var ours = category?.StartsWith("OpsMantik.", StringComparison.Ordinal) ?? false;
        return level >= (_open ? ours ? LogLevel.Information : LogLevel.Warning : LogLevel.Error);
    }
}
