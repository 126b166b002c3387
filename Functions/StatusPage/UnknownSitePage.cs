namespace OpsMantik.Functions.StatusPage;

internal static class UnknownSitePage
{
    public static Markup Render(Guid site) => Layout.Page(
        "Unknown site – OpsMantik uploads",
        null,
        Markup.Of(
            $"""
            <h1>Nothing is known of this site</h1>
            <p>Site <code>{site}</code> has no rows and no uploads. Compare the id with the dashboard's.</p>
            """));
}
