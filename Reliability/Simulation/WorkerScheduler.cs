namespace OpsMantik.Reliability.Simulation;

/// <summary>
/// A worker process's share of the simulation's one thread. What an await leaves for later comes here, and the simulation
/// decides by its seed what runs next; nothing hops to the thread pool. A dead process runs nothing any more.
/// </summary>
internal sealed class WorkerScheduler : TaskScheduler
{
    private readonly List<Task> _ready = [];
    private bool _dead;

    public int Ready => _ready.Count;

    public void RunOne(int index)
    {
        var task = _ready[index];
        _ready.RemoveAt(index);
        TryExecuteTask(task);
    }

    public void Die()
    {
        _dead = true;
        _ready.Clear();
    }

    protected override void QueueTask(Task task)
    {
        if (!_dead)
            _ready.Add(task);
    }

    // Run inline, a step would escape the choice of what comes next.
    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) => false;

    protected override IEnumerable<Task> GetScheduledTasks() => _ready;
}

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
