namespace OpsMantik.Benchmarks.Drain;

/// <summary>How queued rows are spread over sites.</summary>
internal static class Shapes
{
    public static int[] Even(int rows, int sites) =>
        [.. Enumerable.Range(0, sites).Select(place => (rows / sites) + (place < rows % sites ? 1 : 0))];

    /// <summary>One site has nine of ten rows.</summary>
    public static int[] Skewed(int rows, int sites)
    {
        var small = rows / 10 / (sites - 1);
        return [rows - (small * (sites - 1)), .. Enumerable.Repeat(small, sites - 1)];
    }
}
