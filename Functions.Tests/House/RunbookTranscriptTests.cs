using System.Globalization;

namespace OpsMantik.Functions.Tests.House;

/// <summary>An operator types the whole runbook on a demo, from its first command to its last.</summary>
public class RunbookTranscriptTests
{
    [Test]
    public async Task Every_command_of_the_runbook_prints_what_the_runbook_shows()
    {
        var transcripts = Transcript.ReadAll(await File.ReadAllTextAsync(Path.Combine(SourceTree.Root, "docs", "runbook.md")));
        Assert.That(transcripts, Has.Count.GreaterThan(20));
        await using var shell = await DemoShell.StartAsync();
        if (!OperatingSystem.IsWindows())
            Assert.That((int)File.GetUnixFileMode(shell.SettingsFile), Is.EqualTo(0b110_000_000), "it holds secrets: nobody else reads it");
        await WriteFilesAsync(shell);

        Assert.Multiple(async () =>
        {
            foreach (var transcript in transcripts)
                Assert.That(transcript.FindDifference(await shell.TypeAsync(transcript.Command)), Is.Null, transcript.Command);
        });
    }

    // The files that the runbook shows, filled in for the demo.
    private static async Task WriteFilesAsync(DemoShell shell)
    {
        var cafe = shell.Setting("cafe");
        await File.WriteAllTextAsync(
            shell.PathOf("credentials.json"),
            """
            {"customer_id":"100-000-0004","client_id":"demo.apps.googleusercontent.com","client_secret":"demo",
             "refresh_token":"1//renewed","conversion_action_resource_name":"customers/1000000004/conversionActions/456"}
            """);
        // An old sale is warned of.
        var day = TimeProvider.System.GetUtcNow().AddDays(-3).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        await File.WriteAllTextAsync(
            shell.PathOf("sales.csv"),
            $"""
            site_id,external_ref,click_kind,click_id,occurred_at,amount,currency
            {cafe},phone-1017,gclid,Cj0KCQiA-phone-1017,{day}T10:00:00+03:00,1234.50,TRY
            {cafe},phone-1018,wbraid,CjkKCAiA-phone-1018,{day}T10:30:00+03:00,80,TRY
            """);
    }
}
