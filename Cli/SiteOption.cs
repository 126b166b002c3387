using System.CommandLine;
using System.CommandLine.Completions;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core;
using OpsMantik.Core.Sites;
using OpsMantik.Web;

namespace OpsMantik.Cli;

/// <summary>Which site a command is about: <c>--site</c>, by its id, the beginning of it, its name or its domain.</summary>
internal static class SiteOption
{
    /// <summary>What to type to see which sites there are.</summary>
    public const string List = "opsmantik status --sites 1000";

    private static readonly TimeSpan SuggestionTimeout = TimeSpan.FromSeconds(3);

    /// <param name="description">What becomes of the site; how it may be named is said here.</param>
    /// <param name="required">The command has no meaning without one.</param>
    public static Option<string?> Create(string description, bool required = false)
    {
        var option = new Option<string?>("--site") { Description = description, HelpName = "id, name or domain", Required = required };
        option.CompletionSources.Add(Suggest);
        return option;
    }

    /// <returns>Null where none was given.</returns>
    /// <exception cref="OperatorException">No site is called so, or several are.</exception>
    public static Task<Guid?> ReadAsync(
        this Option<string?> option, IServiceProvider services, ParseResult parsed, CancellationToken cancellationToken) =>
        FindAsync(services, parsed.GetValue(option), cancellationToken);

    /// <summary>A whole id is taken as it is: a site that was deleted may have left something behind.</summary>
    /// <exception cref="OperatorException">No site is called so, or several are.</exception>
    public static async Task<Guid?> FindAsync(IServiceProvider services, string? typed, CancellationToken cancellationToken)
    {
        if (typed is null || Guid.TryParse(typed, out var id))
            return typed is null ? null : Guid.Parse(typed);
        return await services.GetRequiredService<SiteDirectory>().FindAsync(typed, cancellationToken) switch
        {
            [var one] => one.Id,
            [] => throw new OperatorException(
                $"No site has the id, name or domain '{typed}'. Sites without a sale yet are in: opsmantik credentials list", List),
            var several => throw new OperatorException(Ambiguous(typed, several), List),
        };
    }

    /// <summary>As <see cref="ReadAsync"/>, where the option is required.</summary>
    public static async Task<Guid> ReadRequiredAsync(
        this Option<string?> option, IServiceProvider services, ParseResult parsed, CancellationToken cancellationToken) =>
        (await option.ReadAsync(services, parsed, cancellationToken))!.Value;

    /// <summary>How the sites of a list are called, for its tables.</summary>
    public static Task<SiteNames> ReadSiteNamesAsync(
        this IServiceProvider services, IEnumerable<Guid> ids, CancellationToken cancellationToken) =>
        services.GetRequiredService<SiteDirectory>().ReadAsync(ids, cancellationToken);

    // What is quoted may not begin a line of its own.
    internal static string Ambiguous(string typed, IReadOnlyList<SiteName> sites) => string.Join('\n',
    [
        $"'{VisibleText.Escape(typed)}' is {(sites.Count < SiteDirectory.MaxFound ? sites.Count : "very many")} sites. Give --site the id of one:",
        .. sites.Select(site => $"  {site.Id}  {VisibleText.Escape(string.Join(", ", (string?[])[site.Name, site.Domain]))}".TrimEnd(' ', ',')),
    ]);

    private static IEnumerable<CompletionItem> Suggest(CompletionContext context) =>
        SuggestAsync(context).GetAwaiter().GetResult().Select(word => new CompletionItem(word));

    // A shell that completes a line wants words or nothing: neither a fault nor a long wait.
    private static async Task<IReadOnlyList<string>> SuggestAsync(CompletionContext context)
    {
        using var limit = new CancellationTokenSource(SuggestionTimeout);
        try
        {
            var connection = DatabaseOption.Read(context.ParseResult.GetValue<string?>("--database"));
            await using var services = OperatorServices.Create(await DatabaseIdentity.SignInAsync(connection, limit.Token));
            return await services.GetRequiredService<SiteDirectory>().SuggestAsync(context.WordToComplete, limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or InvalidOperationException || ErrorReport.Describe(exception) is not null)
        {
            return [];
        }
    }
}
