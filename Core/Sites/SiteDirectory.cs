using Npgsql;
using OpsMantik.Core.Database;

namespace OpsMantik.Core.Sites;

/// <summary>Finds sites by what people call them, and names those whose ids are shown. Reads only.</summary>
public sealed class SiteDirectory
{
    /// <summary>Sites that a search brings at most.</summary>
    public const int MaxFound = 20;

    private const int MaxSuggested = 100;

    // Fewer characters name a site by chance. In a file nobody looks at each: there it takes as many as are shown of an id.
    private const int ShortestStart = 4;
    private const int ShortestStartOfMany = 8;

    // As names are shown: two that look the same are the same.
    private static readonly string Blanks = new([.. Enumerable.Range(1, char.MaxValue).Select(code => (char)code).Where(char.IsWhiteSpace)]);

    private static readonly string NamesSql = SqlText.Load("Sites.Sql.SiteNames");
    private static readonly string FindSql = SqlText.Load("Sites.Sql.FindSites");

    private readonly NpgsqlDataSource _database;

    internal SiteDirectory(NpgsqlDataSource database) => _database = database;

    /// <summary>The names of these sites; one look-up, and none for no site.</summary>
    public async Task<SiteNames> ReadAsync(IEnumerable<Guid> ids, CancellationToken cancellationToken)
    {
        var wanted = ids.Distinct().ToList();
        if (wanted.Count == 0)
            return SiteNames.None;
        var starts = wanted.Select(id => $"{id}"[..8]).Distinct().Select(start => RangeOf(start)!.Value).ToList();
        await using var command = _database.CreateCommand(NamesSql);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. starts.Select(range => range.Low)] });
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. starts.Select(range => range.High)] });
        return new SiteNames(wanted, [.. (await ReadAsync(command, _ => "", cancellationToken)).Select(found => found.Site)]);
    }

    /// <summary>Sites of this id, of a beginning of it (4 characters or more), of this name or of this domain, whatever the case; by their ids.</summary>
    public async Task<List<SiteName>> FindAsync(string text, CancellationToken cancellationToken) =>
        [.. (await FindAsync([text], "whole", MaxFound, ShortestStart, cancellationToken))[text]];

    /// <summary>The same of many texts, in one look-up; of an id it takes 8 characters or more.</summary>
    public Task<ILookup<string, SiteName>> FindAllAsync(IReadOnlyList<string> texts, CancellationToken cancellationToken) =>
        FindAsync(texts, "whole", MaxFound, ShortestStartOfMany, cancellationToken);

    /// <summary>Sites that have this text in their name or domain, whatever the case; by their ids.</summary>
    public async Task<List<SiteName>> SearchAsync(string part, int most, CancellationToken cancellationToken) =>
        [.. (await FindAsync([part], "part", most, ShortestStart, cancellationToken))[part]];

    /// <summary>What may stand where a site is wanted and begins as typed: a name, a domain or an id, each of one site.</summary>
    public async Task<IReadOnlyList<string>> SuggestAsync(string start, CancellationToken cancellationToken)
    {
        var sites = (await FindAsync([start], "start", MaxSuggested, shortestStart: 0, cancellationToken))[start];
        return
        [
            .. sites.SelectMany(site => start.Length == 0 ? [site.Title ?? $"{site.Id}"] : (string?[])[site.Name, site.Domain, $"{site.Id}"])
                .OfType<string>()
                .Where(word => word.StartsWith(start, StringComparison.OrdinalIgnoreCase))
                // What cannot be seen is not to be typed unseen; nor what names two sites.
                .Where(word => VisibleText.Escape(word) == word)
                .GroupBy(word => word, StringComparer.OrdinalIgnoreCase)
                .Where(words => words.Count() == 1)
                .Select(words => words.Key),
        ];
    }

    private async Task<ILookup<string, SiteName>> FindAsync(
        IReadOnlyList<string> texts, string match, int most, int shortestStart, CancellationToken cancellationToken)
    {
        if (texts.Count == 0)
            return Array.Empty<(string Of, SiteName Site)>().ToLookup(found => found.Of, found => found.Site);
        // The database takes no NUL, and no name has one.
        var trimmed = texts.Select(text => text.Replace('\0', '\ufffd').Trim()).ToList();
        var ranges = trimmed.Select(text => match != "part" && text.Length >= shortestStart ? RangeOf(text) : null).ToList();
        await using var command = _database.CreateCommand(FindSql);
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. trimmed] });
        command.Parameters.Add(new NpgsqlParameter<Guid?[]> { TypedValue = [.. ranges.Select(range => range?.Low)] });
        command.Parameters.Add(new NpgsqlParameter<Guid?[]> { TypedValue = [.. ranges.Select(range => range?.High)] });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = match });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = Blanks });
        return (await ReadAsync(command, reader => texts[(int)reader.GetInt64(3) - 1], cancellationToken)).ToLookup(found => found.Of, found => found.Site);
    }

    private static async Task<List<(string Of, SiteName Site)>> ReadAsync(NpgsqlCommand command, Func<NpgsqlDataReader, string> of, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sites = new List<(string, SiteName)>();
        while (await reader.ReadAsync(cancellationToken))
            sites.Add((of(reader), SiteName.Of(reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2))));
        return sites;
    }

    /// <summary>The ids that begin so, digits and dashes in their places; null where none can.</summary>
    private static (Guid Low, Guid High)? RangeOf(string start)
    {
        const string Low = "00000000-0000-0000-0000-000000000000";
        const string High = "ffffffff-ffff-ffff-ffff-ffffffffffff";
        return start.Length <= Low.Length
            && Guid.TryParseExact(start + Low[start.Length..], "D", out var low)
            && Guid.TryParseExact(start + High[start.Length..], "D", out var high)
            ? (low, high)
            : null;
    }
}
