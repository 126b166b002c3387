namespace OpsMantik.Reliability.Model;

/// <summary>
/// Every state that one site can reach, breadth first; what differs by the names of workers and rows only is one state.
/// It ends at the first step that breaks a promise.
/// </summary>
internal sealed class SiteGraph
{
    private readonly SiteSteps _steps;
    private readonly ModelScope _scope;
    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly List<SiteState> _states = [];
    private readonly List<int> _parents = [];

    // Where it goes once nothing goes wrong any more.
    private readonly List<int[]> _quiet = [];

    private SiteGraph(Breakage breakage, ModelScope scope) => (_steps, _scope) = (new SiteSteps(breakage), scope);

    public int States => _states.Count;

    public long Transitions { get; private set; }

    /// <summary>The shortest way to what is broken, in words; null if nothing is.</summary>
    public IReadOnlyList<string>? Trace { get; private set; }

    /// <summary>From two fresh rows on.</summary>
    public static SiteGraph Explore(Breakage breakage = Breakage.None, ModelScope scope = ModelScope.Whole)
    {
        var graph = new SiteGraph(breakage, scope);
        graph.Number(default, parent: -1);
        for (var state = 0; state < graph.States && graph.Trace is null; state++)
            graph.Expand(state);
        if (graph.Trace is null && graph.FindStuck() is { } stuck)
            graph.Trace = [.. graph.Way(stuck).Words, "=> from here the rows do not end, though nothing goes wrong any more"];
        return graph;
    }

    private void Expand(int number)
    {
        var state = _states[number];
        var (next, quiet) = (new HashSet<int>(), new HashSet<int>());
        foreach (var (step, after) in _steps.From(state))
        {
            if (!Allows(step.Act))
                continue;
            if (Promises.Broken(state, step, after) is not null)
            {
                Trace = BrokenAfter(number);
                return;
            }

            var to = Number(SiteSteps.Reduce(after).Canonical(), number);
            if (to == number)
                continue;
            next.Add(to);
            if (SiteSteps.IsQuiet(state, step))
                quiet.Add(to);
        }

        Transitions += next.Count;
        _quiet.Add([.. quiet]);
    }

    private bool Allows(Act act) => _scope == ModelScope.Whole || act is not (Act.Close or Act.Open or Act.Isolate or Act.Requeue);

    private int Number(SiteState state, int parent)
    {
        if (_numbers.TryGetValue(state.Pack(), out var number))
            return number;
        _numbers.Add(state.Pack(), _states.Count);
        _states.Add(state);
        _parents.Add(parent);
        return _states.Count - 1;
    }

    /// <summary>The first state from which no quiet way leads to the end of all rows.</summary>
    private int? FindStuck()
    {
        // Backwards from the ends, until nothing is added.
        var ends = new bool[States];
        for (var added = true; added;)
        {
            added = false;
            for (var state = States - 1; state >= 0; state--)
            {
                if (ends[state] || !(_states[state].IsEnded || Array.Exists(_quiet[state], next => ends[next])))
                    continue;
                ends[state] = added = true;
            }
        }

        var stuck = Array.IndexOf(ends, false);
        return stuck < 0 ? null : stuck;
    }

    private List<string> BrokenAfter(int number)
    {
        var (words, state) = Way(number);
        foreach (var (step, after) in _steps.From(state).Where(next => Allows(next.Step.Act)))
        {
            if (Promises.Broken(state, step, after) is { } broken)
                return [.. words, $"{step}", $"=> {broken}"];
        }

        return words;
    }

    // Walked anew, with names that stay: a state's worker A may be the B of the state before.
    private (List<string> Words, SiteState State) Way(int to)
    {
        var way = new Stack<int>();
        for (var state = to; state > 0; state = _parents[state])
            way.Push(state);
        List<string> words = [];
        SiteState now = default;
        foreach (var next in way)
        {
            var (step, after) = _steps.From(now).First(found => SiteSteps.Reduce(found.After).Canonical() == _states[next]);
            words.Add($"{step}");
            now = SiteSteps.Reduce(after);
        }

        return (words, now);
    }
}

/// <summary>How much of the world the model has.</summary>
internal enum ModelScope
{
    Whole,

    /// <summary>All but the operator: some seconds.</summary>
    NoOperator,
}
