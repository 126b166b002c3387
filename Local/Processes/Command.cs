using System.Diagnostics;

namespace OpsMantik.Local.Processes;

/// <summary>A program and its arguments, and the folder to run it in.</summary>
internal sealed record Command(string File, params IReadOnlyList<string> Arguments)
{
    public string? Folder { get; init; }

    /// <summary>Added to what the child inherits: for what must not stand in the list of processes.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public string Name => Path.GetFileNameWithoutExtension(File);

    /// <summary>This command as the arguments of another one (<c>setsid</c>, <c>setpriv</c>).</summary>
    public Command Through(string launcher, params IEnumerable<string> options) =>
        this with { File = launcher, Arguments = [.. options, File, .. Arguments] };

    public ProcessStartInfo ToStartInfo()
    {
        var start = new ProcessStartInfo(File, Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            // The caller's folder may be closed to the account the child runs as.
            WorkingDirectory = Folder ?? Path.GetDirectoryName(File),
        };
        // Messages in English, and nothing of the user's own PostgreSQL (PGPORT, PGOPTIONS ...) reaches ours.
        start.Environment["LC_ALL"] = "C";
        string[] names = [.. start.Environment.Keys];
        foreach (var name in names.Where(name => name.StartsWith("PG", StringComparison.Ordinal)))
            start.Environment.Remove(name);
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        return start;
    }
}
