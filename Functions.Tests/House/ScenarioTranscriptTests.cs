using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;

namespace OpsMantik.Functions.Tests.House;

/// <summary>
/// Seven days of an operator, typed on one demo in their order. What happens before a day's commands stands in comments of the
/// document: a file, or what Google's emulator is told. <c>UPDATE_DOCS=1</c> writes what is printed now.
/// </summary>
public sealed partial class ScenarioTranscriptTests
{
    private const string UpdateVariable = "UPDATE_DOCS";
    private const string Google = "google";

    private static readonly string Document = Path.Combine(SourceTree.Root, "docs", "scenarios.md");

    [Test]
    public async Task Every_day_goes_as_the_document_shows()
    {
        var text = await File.ReadAllTextAsync(Document);
        var steps = Step().Matches(text);
        Assert.That(steps.Count(step => step.Groups["console"].Success), Is.GreaterThanOrEqualTo(7));
        var update = Environment.GetEnvironmentVariable(UpdateVariable) is "1";
        var written = new StringBuilder();
        var end = 0;
        await using var shell = await DemoShell.StartAsync();
        await CheckMondayAsync(shell, text);
        foreach (var step in steps.AsEnumerable())
        {
            written.Append(text, end, step.Index - end);
            end = step.Index + step.Length;
            if (step.Groups["kind"].Success)
                await ArrangeAsync(shell, step.Groups["kind"].Value, step.Groups["what"].Value.Trim());
            written.Append(step.Groups["console"].Success ? await PlayAsync(shell, step.Value, update) : step.Value);
        }

        if (update)
            await File.WriteAllTextAsync(Document, written.Append(text, end, text.Length - end).ToString());
    }

    // From "something is wrong" to "it goes out again": the command that the page shows, and an upload.
    private static async Task CheckMondayAsync(DemoShell shell, string text)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{shell.Setting("baseUrl")}/api/status");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", shell.Setting("CRON_SECRET"));
        request.Headers.Accept.ParseAdd("text/html");
        using var page = await http.SendAsync(request);
        var shown = $"opsmantik credentials connect --site {shell.Setting("revoked")[..8]} --requeue";
        var typed = Transcript.ReadAll(text[text.IndexOf("## Monday", StringComparison.Ordinal)..text.IndexOf("## Tuesday", StringComparison.Ordinal)]);

        Assert.That(await page.Content.ReadAsStringAsync(), Does.Contain(shown));
        Assert.That(typed, Has.Count.LessThanOrEqualTo(3));
        Assert.That(typed[^2].Command, Does.StartWith("opsmantik credentials connect --site revoked --requeue"));
        Assert.That(typed[^1].Command, Is.EqualTo("opsmantik upload run"));
    }

    /// <returns>The fence; where what is printed has another shape, with that, if it may be written.</returns>
    private static async Task<string> PlayAsync(DemoShell shell, string fence, bool update)
    {
        var written = new StringBuilder("```console\n");
        foreach (var transcript in Transcript.ReadAll(fence))
        {
            var printed = await shell.TypeAsync(transcript.Command);
            var difference = transcript.FindDifference(printed);
            if (!update)
                Assert.That(difference, Is.Null, transcript.Command);
            var lines = difference is null ? transcript.Output : printed.Split('\n').Where(line => line.Trim().Length > 0);
            written.Append("$ ").Append(transcript.Command).Append('\n').AppendJoin("", lines.Select(line => $"{line.TrimEnd()}\n"));
        }

        return written.Append("```").ToString();
    }

    private static async Task ArrangeAsync(DemoShell shell, string kind, string what)
    {
        what = Variable().Replace(what, name => shell.Setting(name.Groups["name"].Value))
            .Replace("{yesterday}", $"{TimeProvider.System.GetUtcNow().AddDays(-1):yyyy-MM-dd}", StringComparison.Ordinal);
        if (kind != Google)
        {
            await File.WriteAllTextAsync(shell.PathOf(kind), what);
            return;
        }

        using var http = new HttpClient { BaseAddress = new Uri(shell.Setting("GoogleAds__BaseAddress")) };
        using var body = new StringContent(what, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync("emulator/behaviour", body);
        Assert.That(answer.IsSuccessStatusCode, Is.True, await answer.Content.ReadAsStringAsync());
    }

    [GeneratedRegex(@"<!-- (?<kind>[\w.]+): (?<what>.*?)-->|(?<console>```console\n.*?```)", RegexOptions.Singleline)]
    private static partial Regex Step();

    [GeneratedRegex(@"\$(?<name>[A-Za-z_]+)")]
    private static partial Regex Variable();
}
