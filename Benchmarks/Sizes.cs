namespace OpsMantik.Benchmarks;

/// <summary>How much every measure does: the full sizes, or small ones that only show that it works.</summary>
internal sealed record Sizes
{
    /// <summary>How often everything is measured; the table quotes medians.</summary>
    public required int Runs { get; init; }

    /// <summary>Whether a floor missed fails the run: small sizes measure nothing.</summary>
    public bool HasGoals { get; init; } = true;

    public required int DrainRows { get; init; }
    public required int DrainSites { get; init; }

    /// <summary>Rows that either of two commits drains in a turn.</summary>
    public required int CompareRows { get; init; }

    /// <summary>The classic worker commits per row: a share of the rows tells its rate.</summary>
    public required int RowByRowRows { get; init; }

    /// <summary>Hangfire works job by job as well.</summary>
    public required int HangfireJobs { get; init; }

    /// <summary>Jobs of graphile-worker and of pg-boss, and our rows beside them, over as many sites.</summary>
    public required int PeerJobs { get; init; }
    public required int PeerSites { get; init; }

    /// <summary>How many settings of a peer are tried before the best one counts.</summary>
    public required int PeerCandidates { get; init; }

    /// <summary>Psql-like drivers side by side; the fastest number of them is the bare limit.</summary>
    public required int[] BareDrivers { get; init; }

    public required int LatencySites { get; init; }
    public required int LatencyRowsOfSite { get; init; }
    public required TimeSpan Latency { get; init; }

    public required int[] HistoryRows { get; init; }
    public required int[] DueSites { get; init; }
    public required int DueRows { get; init; }
    public required int ChurnRows { get; init; }
    public required int ChurnRounds { get; init; }

    /// <summary>A small queue, and one whose peak memory is held against the small one's.</summary>
    public required int[] MemoryRows { get; init; }
    public required int MemorySites { get; init; }

    /// <summary>Lines of a file of sales; <c>enqueue</c> takes no more.</summary>
    public required int EnqueueRows { get; init; }

    /// <summary>Whether the micro-benchmarks only have to run at all.</summary>
    public bool MicroDry { get; init; }

    public required int[] Workers { get; init; }
    public required int WorkerGroups { get; init; }
    public required int WorkerRowsOfGroup { get; init; }

    /// <summary>Requests of each worker at Google's speed, an eighth as many where they are full, so that one claim holds them.</summary>
    public required int GoogleCalls { get; init; }
    public required TimeSpan GoogleLatency { get; init; }
    public required int[] GoogleWorkers { get; init; }

    /// <summary>Due rows of the one site, and rows of its neighbours whose wait is measured.</summary>
    public required int GoogleBacklog { get; init; }
    public required int GoogleFreshRows { get; init; }

    public static Sizes Full { get; } = new()
    {
        Runs = 5,
        DrainRows = 200_000,
        DrainSites = 200,
        CompareRows = 50_000,
        RowByRowRows = 2_000,
        HangfireJobs = 1_000,
        PeerJobs = 200_000,
        PeerSites = 2_000,
        PeerCandidates = 3,
        BareDrivers = [2, 4, 8],
        LatencySites = 2_000,
        LatencyRowsOfSite = 10,
        Latency = TimeSpan.FromMilliseconds(200),
        HistoryRows = [10_000, 1_000_000, 10_000_000],
        DueSites = [100, 10_000, 100_000],
        DueRows = 1_000_000,
        ChurnRows = 50_000,
        ChurnRounds = 6,
        MemoryRows = [50_000, 1_000_000],
        MemorySites = 1_000,
        EnqueueRows = 100_000,
        Workers = [1, 2, 4, 8],
        WorkerGroups = 80,
        WorkerRowsOfGroup = 1_000,
        GoogleCalls = 160,
        GoogleLatency = TimeSpan.FromMilliseconds(300),
        GoogleWorkers = [1, 2, 4],
        GoogleBacklog = 1_000_000,
        GoogleFreshRows = 200,
    };

    public static Sizes Quick { get; } = new()
    {
        Runs = 1,
        HasGoals = false,
        DrainRows = 2_000,
        DrainSites = 20,
        CompareRows = 2_000,
        RowByRowRows = 50,
        HangfireJobs = 20,
        PeerJobs = 1_000,
        PeerSites = 50,
        PeerCandidates = 1,
        BareDrivers = [2],
        LatencySites = 20,
        LatencyRowsOfSite = 2,
        Latency = TimeSpan.FromMilliseconds(50),
        HistoryRows = [100, 1_000, 10_000],
        DueSites = [10, 100, 1_000],
        DueRows = 2_000,
        ChurnRows = 500,
        ChurnRounds = 2,
        MemoryRows = [500, 2_000],
        MemorySites = 10,
        EnqueueRows = 200,
        MicroDry = true,
        Workers = [1, 2],
        WorkerGroups = 8,
        WorkerRowsOfGroup = 10,
        GoogleCalls = 8,
        GoogleLatency = TimeSpan.FromMilliseconds(50),
        GoogleWorkers = [1, 2],
        GoogleBacklog = 5_000,
        GoogleFreshRows = 20,
    };
}
