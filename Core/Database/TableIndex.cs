using System.Text.RegularExpressions;

namespace OpsMantik.Core.Database;

/// <summary>An index of a table that may be large: Indexes.sql has them all. The catalogue says whether it is built.</summary>
/// <param name="Name">In schema public.</param>
/// <param name="Create">The statement that builds it beside readers and writers; not for a transaction.</param>
internal sealed partial record TableIndex(string Name, string Create)
{
    /// <summary>In the order in which they are built.</summary>
    public static IReadOnlyList<TableIndex> All { get; } = Parse(SqlText.Load("Database.Sql.Indexes"));

    /// <summary>As <c>migrate</c> and the check at start name it.</summary>
    public string Step => $"index {Name}";

    internal static IReadOnlyList<TableIndex> Parse(string sql) =>
        [.. Statement().Matches(sql).Select(match => new TableIndex(match.Groups["name"].Value, match.Value))];

    [GeneratedRegex(@"^create (unique )?index concurrently (?<name>\w+)[^;]+;", RegexOptions.Multiline)]
    private static partial Regex Statement();
}
