namespace OpsMantik.Reliability.Model;

/// <summary>Every state that one site can reach, breadth first, and what leads from one to the next.</summary>
internal sealed class SiteGraph
{
    private readonly SiteSteps _steps;
    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly List<SiteState> _states = [];
    private readonly List<(int From, Step Step)> _parents = [];
    private readonly List<Edge[]> _edges = [];

    private SiteGraph(Breakage breakage) => _steps = new SiteSteps(breakage);

    public int Count => _states.Count;

    public long Transitions => _edges.Sum(edges => (long)edges.Length);

    public IReadOnlyList<SiteState> States => _states;

    /// <summary>The shortest way to what is broken, in words; null if nothing is.</summary>
    public IReadOnlyList<string>? Trace { get; private set; }

    public ReadOnlySpan<Edge> From(int state) => _edges[state];

    /// <summary>All states from two fresh rows on, or those up to the first that breaks a promise.</summary>
    public static SiteGraph Explore(Breakage breakage = Breakage.None)
    {
        var graph = new SiteGraph(breakage);
        graph.Number(default, (-1, default));
        for (var state = 0; state < graph.Count && graph.Trace is null; state++)
            graph.Expand(state);
        return graph;
    }

    private void Expand(int number)
    {
        var state = _states[number];
        var edges = new HashSet<Edge>();
        foreach (var (step, after) in _steps.From(state))
        {
            if (Promises.Broken(state, step, after) is { } broken)
            {
                Trace = [.. Way(number), $"{step}", $"=> {broken}"];
                return;
            }

            var next = Number(SiteSteps.Normal(after), (number, step));
            if (next != number)
                edges.Add(new Edge(step, next, SiteSteps.IsQuiet(state, step)));
        }

        _edges.Add([.. edges]);
    }

    private int Number(SiteState state, (int, Step) parent)
    {
        if (_numbers.TryGetValue(state.Pack(), out var number))
            return number;
        _numbers.Add(state.Pack(), _states.Count);
        _states.Add(state);
        _parents.Add(parent);
        return _states.Count - 1;
    }

    private List<string> Way(int state)
    {
        List<string> way = [];
        for (; _parents[state] is { From: >= 0 } parent; state = parent.From)
            way.Add($"{parent.Step}");
        way.Reverse();
        return way;
    }
}

/// <summary>A step from one state to the next.</summary>
/// <param name="IsQuiet">It happens once nothing goes wrong any more.</param>
internal readonly record struct Edge(Step Step, int To, bool IsQuiet);
