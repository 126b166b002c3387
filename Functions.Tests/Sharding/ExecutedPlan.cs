using System.Text.Json;
using System.Text.RegularExpressions;

namespace OpsMantik.Functions.Tests.Sharding;

/// <summary>A statement and the tables its plan reads.</summary>
internal sealed record ExecutedPlan(string Statement, IReadOnlyList<ExecutedPlan.Scan> Scans)
{
    private static readonly string[] Conditions =
        ["Index Cond", "Recheck Cond", "Filter", "Join Filter", "Hash Cond", "Merge Cond"];

    /// <summary>A table under its alias, with the conditions of its own node and of the joins above it.</summary>
    internal sealed record Scan(string Table, string Alias, IReadOnlyList<string> Conditions)
    {
        /// <summary>Whether the rows looked at are those of one value of the column, or of a joined table's.</summary>
        public bool IsBoundBy(string column)
        {
            var name = $@"\b{Regex.Escape(Alias)}\.{column}\b";
            return Conditions.Any(condition => Regex.IsMatch(condition, $"{name} = |[^<>!]= {name}"));
        }
    }

    public static ExecutedPlan Read(JsonElement root) => new(
        root.GetProperty("Query Text").GetString()!, [.. ReadScans(root.GetProperty("Plan"), [])]);

    private static IEnumerable<Scan> ReadScans(JsonElement node, IReadOnlyList<string> above)
    {
        string[] conditions =
        [
            .. above,
            .. Conditions.Select(name => node.TryGetProperty(name, out var text) ? text.GetString() : null).OfType<string>(),
        ];
        // ModifyTable names its table too; what it changes, the scans below it found.
        if (node.TryGetProperty("Relation Name", out var table)
            && node.GetProperty("Node Type").GetString() != "ModifyTable")
        {
            yield return new Scan(table.GetString()!, node.GetProperty("Alias").GetString()!, conditions);
        }

        if (!node.TryGetProperty("Plans", out var children))
            yield break;
        foreach (var scan in children.EnumerateArray().SelectMany(child => ReadScans(child, conditions)))
            yield return scan;
    }
}
