using OpsMantik.Core.Conversions;

namespace OpsMantik.Core.Queue;

/// <summary>
/// Google counts one conversion per action, click and second. Two sales of one click in the same second are told apart by sending the
/// later one at the next free second.
/// </summary>
internal static class ClickSeconds
{
    /// <summary>The most seconds by which a conversion is moved, always later: never before its click.</summary>
    public const int MaxShift = 60;

    /// <summary>
    /// Finds the conversions that must move. Of two that may have been sent, one was not, or Google refused it: two that go out together
    /// have seconds of their own, which are kept first. The one with fewer claims moves. If it is the one that Google counts, its
    /// order id says so. Where another system may have sent them, with order ids of its own, none moves.
    /// </summary>
    /// <param name="conversions">Of one group, the earlier sale first.</param>
    /// <param name="shiftOf">Seconds by which the conversion at an index was moved before.</param>
    /// <param name="claimsOf">How often the row of the conversion at an index was claimed; null when another system may have sent it.</param>
    /// <returns>Seconds to add, by index; mostly none.</returns>
    public static IReadOnlyDictionary<int, int> Separate(
        IReadOnlyList<Conversion> conversions, Func<int, int> shiftOf, Func<int, int?> claimsOf)
    {
        var taken = new HashSet<(string, long)>(conversions.Count);
        List<int>? later = null;
        for (var index = 0; index < conversions.Count; index++)
        {
            if (conversions[index].Click is { } click && !taken.Add((click.Value, conversions[index].Time.ToUnixTimeSeconds())))
                (later ??= []).Add(index);
        }

        return later is null ? Nothing : Move(conversions, later, taken, shiftOf, claimsOf);
    }

    private static readonly IReadOnlyDictionary<int, int> Nothing = new Dictionary<int, int>();

    private static Dictionary<int, int> Move(
        IReadOnlyList<Conversion> conversions, List<int> later, HashSet<(string, long)> taken, Func<int, int> shiftOf,
        Func<int, int?> claimsOf)
    {
        var moved = new Dictionary<int, int>();
        foreach (var candidate in later)
        {
            if ((conversions[candidate].MayHaveBeenSent ? LeastSent(conversions, candidate, moved, claimsOf) : candidate) is not { } index)
                continue;
            var (click, second) = (conversions[index].Click!.Value.Value, conversions[index].Time.ToUnixTimeSeconds());
            for (var shift = 1; shift + shiftOf(index) <= MaxShift; shift++)
            {
                if (taken.Add((click, second + shift)))
                {
                    moved[index] = shift;
                    break;
                }
            }
        }

        return moved;
    }

    // A second under which Google may know a sale stays its own where another sale of it can move.
    private static int? LeastSent(
        IReadOnlyList<Conversion> conversions, int of, Dictionary<int, int> moved, Func<int, int?> claimsOf)
    {
        var (click, second) = (conversions[of].Click!.Value.Value, conversions[of].Time.ToUnixTimeSeconds());
        var (least, claims) = (of, claimsOf(of));
        for (var index = 0; index < conversions.Count; index++)
        {
            var other = conversions[index];
            if (index == of || moved.ContainsKey(index) || other.Click?.Value != click || other.Time.ToUnixTimeSeconds() != second)
                continue;
            if (!other.MayHaveBeenSent)
                return index;
            // A comparison with null is false, and null stays: whoever may have been sent by another makes all stay.
            if (claimsOf(index) is not { } others)
                claims = null;
            else if (others < claims)
                (least, claims) = (index, others);
        }

        return claims is null ? null : least;
    }
}
