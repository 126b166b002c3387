using Npgsql;
using NpgsqlTypes;
using OpsMantik.Core.Database;

namespace OpsMantik.Core.Sites;

/// <summary>Finds sites by what people call them, and names those whose ids are shown. Reads only.</summary>
public sealed class SiteDirectory
{
    /// <summary>Sites that a search brings at most.</summary>
    public const int MaxFound = 20;

    private const int MaxSuggested = 100;

    // Fewer characters name a site by chance.
    private const int ShortestStart = 4;

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
        return new SiteNames(wanted, await ReadAsync(command, cancellationToken));
    }

    /// <summary>
    /// Sites of this id, of an id that begins so (4 characters or more), of this name or of this domain; upper and lower case are
    /// the same. In the order of their ids.
    /// </summary>
    public Task<List<SiteName>> FindAsync(string text, CancellationToken cancellationToken) =>
        FindAsync(text, isStart: false, MaxFound, cancellationToken);

    /// <summary>What may stand where a site is wanted and begins as typed: a name, a domain or an id, each of one site.</summary>
    public async Task<IReadOnlyList<string>> SuggestAsync(string start, CancellationToken cancellationToken)
    {
        var sites = await FindAsync(start, isStart: true, MaxSuggested, cancellationToken);
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

    private async Task<List<SiteName>> FindAsync(string text, bool isStart, int most, CancellationToken cancellationToken)
    {
        var range = text.Trim().Length >= ShortestStart || isStart ? RangeOf(text.Trim()) : null;
        await using var command = _database.CreateCommand(FindSql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text.Trim() });
        command.Parameters.Add(new() { Value = (object?)range?.Low ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new() { Value = (object?)range?.High ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = isStart });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        return await ReadAsync(command, cancellationToken);
    }

    private static async Task<List<SiteName>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var sites = new List<SiteName>();
        while (await reader.ReadAsync(cancellationToken))
            sites.Add(SiteName.Of(reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetString(1), reader.IsDBNull(2) ? null : reader.GetString(2)));
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
