using System.Reflection;

namespace OpsMantik.Web.StatusPage;

/// <summary>The frame of every page.</summary>
internal static class Layout
{
    public static readonly string Style = Read("page.css");
    public static readonly string Script = Read("page.js");

    private static readonly string Home = Routes.PathOf(Routes.Status);

    /// <param name="title">Of the window; the page's own heading is in the content.</param>
    /// <param name="takenAt">When the database was asked, UTC; null where nothing was.</param>
    /// <param name="content">The main part.</param>
    public static Markup Page(string title, DateTime? takenAt, Markup content) => Markup.Of(
        $"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="robots" content="noindex">
        <title>{title}</title>
        <style>{Markup.Trusted(Style)}</style>
        </head>
        <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
        <a class="brand" href="{Home}">OpsMantik <span>uploads</span></a>
        <form action="{Home}" method="get" role="search">
        <label for="site">Site id</label>
        <input id="site" name="site" autocomplete="off" spellcheck="false" required maxlength="40">
        <button>Show</button>
        </form>
        </header>
        <main id="main" tabindex="-1">
        {content}
        <p class="taken">{Taken(takenAt)}<a id="refresh" href="">Refresh</a></p>
        </main>
        <script>{Markup.Trusted(Script)}</script>
        </body>
        </html>

        """);

    private static Markup Taken(DateTime? at) =>
        at is { } time ? Markup.Of($"As of {Words.Time(time, $"{time:yyyy-MM-dd HH:mm:ss} UTC")} · ") : Markup.Empty;

    private static string Read(string asset)
    {
        var assembly = Assembly.GetExecutingAssembly();
        using var stream = assembly.GetManifestResourceStream($"OpsMantik.Web.StatusPage.Assets.{asset}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
