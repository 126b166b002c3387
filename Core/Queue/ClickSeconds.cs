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

    /// <summary>Finds the conversions that must move; of two that may have been sent already, none moves.</summary>
    /// <param name="conversions">Of one group, the earlier sale first.</param>
    /// <param name="shiftOf">Seconds by which the conversion at an index was moved before.</param>
    /// <returns>Seconds to add, by index; mostly none.</returns>
    public static IReadOnlyDictionary<int, int> Separate(IReadOnlyList<Conversion> conversions, Func<int, int> shiftOf)
    {
        var taken = new HashSet<(string, long)>(conversions.Count);
        List<int>? later = null;
        for (var index = 0; index < conversions.Count; index++)
        {
            if (conversions[index].Click is { } click && !taken.Add((click.Value, conversions[index].Time.ToUnixTimeSeconds())))
                (later ??= []).Add(index);
        }

        return later is null ? Nothing : Move(conversions, later, taken, shiftOf);
    }

    private static readonly IReadOnlyDictionary<int, int> Nothing = new Dictionary<int, int>();

    private static Dictionary<int, int> Move(
        IReadOnlyList<Conversion> conversions, List<int> later, HashSet<(string, long)> taken, Func<int, int> shiftOf)
    {
        var moved = new Dictionary<int, int>();
        foreach (var candidate in later)
        {
            // A second under which Google may know a sale stays its own: then the first of the two moves.
            if ((conversions[candidate].MayHaveBeenSent ? Unsent(conversions, candidate, moved) : candidate) is not { } index)
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

    private static int? Unsent(IReadOnlyList<Conversion> conversions, int of, Dictionary<int, int> moved)
    {
        var (click, second) = (conversions[of].Click!.Value.Value, conversions[of].Time.ToUnixTimeSeconds());
        for (var index = 0; index < conversions.Count; index++)
        {
            var other = conversions[index];
            if (!other.MayHaveBeenSent && !moved.ContainsKey(index)
                && other.Click?.Value == click && other.Time.ToUnixTimeSeconds() == second)
            {
                return index;
            }
        }

        return null;
    }
}
