namespace OpsMantik.Reliability.Simulation.Scheduling;

/// <summary>Everything that happened, as a hash by which two runs of a seed are compared, and on request as text.</summary>
internal sealed class Trace(bool keepLines)
{
    private const ulong Prime = 1_099_511_628_211;

    private readonly List<string> _lines = [];

    /// <summary>FNV-1a: .NET's own hash of a string differs from process to process.</summary>
    public ulong Hash { get; private set; } = 14_695_981_039_346_656_037;

    public IReadOnlyList<string> Lines => _lines;

    public void Add(DateTimeOffset at, string what, long who, long first = 0, long second = 0)
    {
        foreach (var letter in what)
            Mix(letter);
        Mix((ulong)at.Ticks);
        Mix((ulong)who);
        Mix((ulong)first);
        Mix((ulong)second);
        if (keepLines)
            _lines.Add($"{at:dd HH:mm:ss.fff} {who,3} {what} {first} {second}");
    }

    private void Mix(ulong value) => Hash = (Hash ^ value) * Prime;
}
