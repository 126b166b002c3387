namespace OpsMantik.Reliability.Simulation.Scheduling;

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
