using System.Collections.Concurrent;

namespace OpsMantik.Core.Sites;

/// <summary>A site as the application's own table has it.</summary>
/// <param name="Name">Null where the table has no such column, or the site no name. It is text of others.</param>
/// <param name="Domain">As <paramref name="Name"/>.</param>
public sealed record SiteName(Guid Id, string? Name, string? Domain)
{
    private const int Longest = 100;

    /// <summary>What a person knows it by; null when that is its id alone.</summary>
    public string? Title => Name ?? Domain;

    /// <summary>What a text may mean, in one line: ids with names. Nothing in it is hidden.</summary>
    public static string Candidates(IEnumerable<SiteName> sites) => string.Join("; ", sites.Select(site =>
        $"{site.Id} {VisibleText.Escape(string.Join(", ", ((string?[])[site.Name, site.Domain]).OfType<string>()))}".TrimEnd()));

    internal static SiteName Of(Guid id, string? name, string? domain) => new(id, Clean(name), Clean(domain));

    private static string? Clean(string? text) =>
        text?.Trim() is not { Length: > 0 } said ? null : said.Length <= Longest ? said : said[..Longest] + "…";
}

/// <summary>The names of some sites, for whoever reads their ids.</summary>
public sealed class SiteNames
{
    public static readonly SiteNames None = new([], []);

    private const int ShortLength = 8;

    private readonly Dictionary<Guid, (SiteName? Site, string ShortId)> _sites;

    /// <param name="wanted">Sites that are shown; one that was deleted has no name.</param>
    /// <param name="known">Those, and every other whose id begins as one of theirs.</param>
    internal SiteNames(IEnumerable<Guid> wanted, IReadOnlyCollection<SiteName> known)
    {
        var alike = known.Select(site => $"{site.Id}").ToLookup(id => id[..ShortLength]);
        var byId = known.ToDictionary(site => site.Id);
        _sites = wanted.ToDictionary(id => id, id => (byId.GetValueOrDefault(id), Shorten($"{id}", [.. alike[$"{id}"[..ShortLength]]])));
    }

    /// <summary>What a person knows the site by; null when that is its id alone.</summary>
    public string? TitleOf(Guid id) => _sites.GetValueOrDefault(id).Site?.Title;

    /// <summary>The first characters of the id, as many as name this site alone: 8 nearly always.</summary>
    public string ShortIdOf(Guid id) => _sites.GetValueOrDefault(id).ShortId ?? $"{id}"[..ShortLength];

    /// <summary>For a line or a cell: <c>Cafe Nord (e6fff3e5)</c>; the whole id of a site without a name.</summary>
    public string Show(Guid id) => TitleOf(id) is { } title ? $"{title} ({ShortIdOf(id)})" : $"{id}";

    private static string Shorten(string id, string[] alike)
    {
        var length = ShortLength;
        while (alike.Any(other => other != id && other.StartsWith(id[..length], StringComparison.Ordinal)))
            length++;
        return id[..length];
    }
}

/// <summary>How sites are called in the scope of the log lines of their work; nobody waits long for it, and nothing fails by it.</summary>
internal sealed class SiteLabels(Func<IEnumerable<Guid>, CancellationToken, Task<SiteNames>> read, TimeProvider time)
{
    private const int Most = 20_000;

    private static readonly TimeSpan Freshness = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<Guid, string> _labels = [];
    private long? _readAt;

    /// <summary>Looks up the sites of a claim, at most once a minute, however many claims there are.</summary>
    public async Task ReadAsync(IReadOnlyCollection<Guid> sites)
    {
        if (sites.Count == 0 || (_readAt is { } at && time.GetElapsedTime(at) < Freshness))
            return;
        _readAt = time.GetTimestamp();
        try
        {
            using var limit = new CancellationTokenSource(Patience, time);
            var names = await read(sites, limit.Token).WaitAsync(limit.Token);
            if (_labels.Count > Most)
                _labels.Clear();
            foreach (var site in sites)
                _labels[site] = VisibleText.Escape(names.Show(site));
        }
        catch (Exception)
        {
            // The lines have the ids.
        }
    }

    /// <summary>Its name with a short id; its id alone where it has no name, or none was read yet.</summary>
    public string Of(Guid site) => _labels.GetValueOrDefault(site) ?? $"{site}";
}
