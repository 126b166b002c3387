namespace OpsMantik.Benchmarks.Report;

internal enum Verdict
{
    Goal,
    Floor,
    Missed,
}
