using System.Text.Encodings.Web;
using System.Text.Json;
using OpsMantik.Web;
using Spectre.Console;

namespace OpsMantik.Cli.Demo;

/// <summary>What to try while the demo stays up. The one place that prints the secret: it is the demo's own.</summary>
internal static class NextSteps
{
    // The default encoder would write a plain "+" as an escape; this is for a shell, not for a page.
    private static readonly JsonSerializerOptions Readable =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <param name="broken">The site whose token is revoked: the seed line mends it.</param>
    public static void Write(IAnsiConsole console, Uri address, string cronSecret, DemoSite broken)
    {
        var authorization = $"-H \"Authorization: Bearer {cronSecret}\"";
        var body = broken.SeedBody("1//demo-renewed").ToJsonString(Readable);
        console.Verbatim("");
        console.Verbatim($"Worker:       {address} (health: {Url(Routes.Health)})");
        console.Verbatim($"Secret:       {cronSecret}");
        console.Verbatim($"Status page:  {Url(Routes.Status)} (sign in with any name and the secret as the password)");
        console.Verbatim("");
        console.Verbatim("Upload what is due:");
        console.Verbatim($"  curl -X POST \"{Url(Routes.ProcessOfflineConversions)}?limit=50\" {authorization}");
        console.Verbatim("Recover rows that a dead worker left behind:");
        console.Verbatim($"  curl -X POST \"{Url(Routes.RecoverProcessing)}?min_age_minutes=15\" {authorization}");
        console.Verbatim("Ask what became of submitted rows:");
        console.Verbatim($"  curl -X POST \"{Url(Routes.ConfirmUploads)}\" {authorization}");
        console.Verbatim($"Give the site {broken.Name} working credentials:");
        console.Verbatim(
            $"  curl -X POST \"{Url(Routes.SeedCredentials)}\" {authorization} "
            + $"-H \"Content-Type: application/json\" -d '{body}'");
        console.Verbatim("The operator's commands in another shell: start the demo with --env-file demo.env, then there");
        console.Verbatim("  source demo.env && opsmantik status");
        console.Verbatim("");
        console.Verbatim("The schedules are live; the log follows. Ctrl+C stops everything.");

        string Url(string route) => new Uri(address, Routes.PathOf(route)).ToString();
    }
}
