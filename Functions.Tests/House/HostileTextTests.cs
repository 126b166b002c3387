using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpsMantik.Cli;
using OpsMantik.Cli.Credentials;
using OpsMantik.Cli.Sales;
using OpsMantik.Core;
using OpsMantik.Core.Alerts;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Sites;
using OpsMantik.Functions.Tests.FieldReports;
using OpsMantik.Functions.Tests.StatusPage;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Web.Endpoints;
using OpsMantik.Web.StatusPage;
using Spectre.Console;

namespace OpsMantik.Functions.Tests.House;

/// <summary>One list of hostile texts through every outlet that there is, and a look at the source for one that is not here.</summary>
[NonParallelizable]
internal sealed partial class HostileTextTests
{
    /// <summary>What a dashboard, a file or Google may hand us; each ends with what must not begin a line.</summary>
    private static readonly string[] Texts =
    [
        "\u001b[2J\u001b]0;owned\u0007FORGED", "a\nFORGED", "a\r\nFORGED", "a\rFORGED", "\u0085FORGED", "a\u009b31mFORGED", "\bFORGED\u007f",
        "\u202eFORGED", "\u2066a\u2069FORGED", "\u200e\u200fFORGED", "\u061cFORGED", "a\u2028FORGED", "a\u2029FORGED", "a\u200b\u2060FORGED\ufeff",
        "\U000e0041FORGED", "[red]FORGED[/][link=http://evil]", "<script>\u202eFORGED</script>", "=1+1\u202eFORGED", "\u0001\u0002FORGED",
        "a\0FORGED", "\ud800FORGED", "+cmd|FORGED", "@SUM(FORGED)", "-2+FORGED", "\t=FORGED",
    ];

    private static readonly Dictionary<string, Func<string, Task<string>>> Outlets = new()
    {
        ["line on a terminal"] = text => OnConsoleAsync(console => console.Verbatim($"row {text}")),
        ["cell of a table"] = text => OnConsoleAsync(console =>
        {
            var table = new Table().AddColumn("a");
            table.AddTextRow(text);
            console.Write(table);
        }),
        ["JSON for a program"] = text => OnOutAsync(() =>
        {
            new CommandOutput(json: true).Write(new { text }, _ => { });
            return Task.CompletedTask;
        }),
        ["what stops a command"] = text => OnErrorAsync(async () => await ErrorReport.GuardAsync(() => throw new OperatorException(text))),
        ["sites that a name may mean"] = text => OnErrorAsync(async () => await ErrorReport.GuardAsync(
            () => throw new OperatorException(SiteOption.Ambiguous(text, [new SiteName(Guid.Empty, text, text)])))),
        ["sites that a line may mean"] = text => Task.FromResult(SiteName.Candidates([new SiteName(Guid.Empty, text, text)])),
        ["scope of a batch"] = async text =>
        {
            var labels = new SiteLabels((ids, _) => Task.FromResult(new SiteNames(ids, [new SiteName(Guid.Empty, text, text)])), TimeProvider.System);
            await labels.ReadAsync([Guid.Empty]);
            return labels.Of(Guid.Empty);
        },
        ["what stops the worker"] = text => OnErrorAsync(async () => await WorkerApp.RunAsync(() => throw new SettingsException([text]))),
        ["overview"] = text => PageRenderingTests.RenderAsync<OverviewPage>(nameof(OverviewPage.Report), PageRenderingTests.ReportWith(text)),
        ["page of a site"] = text => PageRenderingTests.RenderAsync<SitePage>(nameof(SitePage.Report), PageRenderingTests.SiteReportWith(text)),
        ["page of a sale"] = text => PageRenderingTests.RenderSaleAsync(text),
        ["list of sites"] = text => PageRenderingTests.RenderListAsync(text),
        ["status for a program"] = text => Task.FromResult(JsonSerializer.Serialize(
            StatusAnswer.Of(PageRenderingTests.ReportWith(text), [text]), StatusJson.Default.StatusAnswer)),
        ["error of an endpoint"] = text => Task.FromResult(JsonSerializer.Serialize(
            new ErrorAnswer(false, text, null), AnswerJson.Default.ErrorAnswer)),
        ["log line"] = text => Task.FromResult(Logged(logger => logger.CountsUnread(Guid.Empty, "google_ads", text, text))),
        ["exception in a log"] = text => Task.FromResult(Logged(logger => logger.RequestFailed(new InvalidOperationException(text), "f", text))),
        ["column of an error"] = text => Task.FromResult(new SecretScrubber().Clean(text)),
        ["file of refused lines"] = text => RejectedAsync(text),
        ["alert to a webhook"] = text => Task.FromResult(Encoding.UTF8.GetString(
            AlertBody.Render(AlertMessage.Of([new Alert(Guid.Empty, text, "PARKED", 1, text)], _ => text), AlertOptions.Standard))),
        ["summary to a webhook"] = text => Task.FromResult(Encoding.UTF8.GetString(AlertBody.Render(
            AlertMessage.Of([new Alert(Guid.Empty, text, text, 1, text), new Alert(Guid.Empty, text, text, 1, text)], _ => text), AlertOptions.Standard))),
        ["page of a sign-in"] = text => Task.FromResult(ConsentRedirect.Page(text)),
    };

    [TestCaseSource(nameof(Outlets))]
    public async Task An_outlet_shows_what_it_was_given_and_obeys_none_of_it(KeyValuePair<string, Func<string, Task<string>>> outlet)
    {
        foreach (var text in Texts)
        {
            var shown = await outlet.Value(text);
            var name = $"{outlet.Key}: {VisibleText.Escape(text)}";

            Assert.That(shown, Does.Contain("FORGED"), name);
            Assert.That(
                shown.ReplaceLineEndings("\n").Where((letter, at) => letter != '\n' && Hidden(letter) && !(letter == '\t' && HasLines(outlet.Key)))
                    .Select(letter => $"{(int)letter:X4}"),
                Is.Empty,
                name);
            Assert.That(Encoded().Matches(shown).Select(match => (char)int.Parse(match.Groups[1].ValueSpan, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).Where(Hidden), Is.Empty, name);
            if (!HasLines(outlet.Key))
                Assert.That(shown.Split('\n', '\r').Where(line => line.StartsWith("FORGED", StringComparison.Ordinal)), Is.Empty, name);
            if (outlet.Key is "overview" or "page of a site" or "page of a sale" or "list of sites")
                Assert.That(shown, Does.Not.Contain("<script>\\u"), name);
            if (outlet.Key is "file of refused lines")
                Assert.That(shown, Does.Not.Match(@"(?m)(^|,)""?[=+@-]"), name);
        }
    }

    [TestCase("\u001b[2J", "\\u001B[2J")]
    [TestCase("\u202e", "\\u202E")]
    [TestCase("\U000e0041", "\\uDB40\\uDC41")]
    [TestCase("Şişli ≥ 3 東京 😀", "Şişli ≥ 3 東京 😀")]
    [TestCase("", "")]
    public void There_is_one_form_and_it_is_that_of_JSON(string text, string expected)
    {
        Assert.That(VisibleText.Escape(text), Is.EqualTo(expected));
        Assert.That(JsonSerializer.Deserialize<string>($"\"{VisibleText.Escape(text)}\""), Is.EqualTo(text));
    }

    [Test]
    public void Half_a_surrogate_pair_is_escaped_too() =>
        Assert.That(VisibleText.Escape("\ud800x\udc00"), Is.EqualTo("\\uD800x\\uDC00"));

    [Test]
    public void Every_hidden_character_is_escaped_and_no_letter()
    {
        var all = Enumerable.Range(0, 0x10000).Select(code => (char)code).ToList();

        Assert.That(
            all.Where(letter => Hidden(letter) || char.IsSurrogate(letter)).Where(letter => VisibleText.Escape($"{letter}") == $"{letter}"), Is.Empty);
        Assert.That(
            all.Where(letter => char.IsLetterOrDigit(letter) || char.IsPunctuation(letter) || char.IsSymbol(letter) || letter == ' ')
                .Where(letter => VisibleText.Escape($"{letter}") != $"{letter}"),
            Is.Empty);
    }

    /// <summary>A new place that writes text out is to be fed the list above, and then named here.</summary>
    [TestCase(@"\bConsole\.(Out|Error|Write)", "Cli/CommandOutput.cs", "Cli/Demo/DemoRun.cs", "Cli/ErrorReport.cs", "Cli/Serve/HealthCommand.cs", "Web/WorkerApp.cs")]
    [TestCase(@"\bConsole\.(Out|Error)\.Write(?!Visible\()", "Web/WorkerApp.cs")]
    [TestCase(@"\.Writer\b|Configuration\.Output\b", "Cli/CommandOutput.cs", "Cli/CompletionCommand.cs", "Cli/HelpWithExamples.cs")]
    [TestCase(@"\.AddRow\(", "Cli/CommandOutput.cs")]
    [TestCase(@"\.Markup|new (Markup|Panel|Rule|Text|Paragraph|Tree|Grid)\(", "Cli/Demo/DemoSummary.cs")]
    [TestCase(@"\bConsole\.Confirm\(|\.Prompt(Async)?\(|\.AddTask\(", "Cli/CommandOutput.cs", "Cli/Credentials/AccountChoice.cs", "Cli/Demo/DemoRun.cs", "Cli/OperatorOptions.cs")]
    [TestCase(@"new (StreamWriter|StringWriter|FileStream|CsvWriter)\(|File\.(Write|Append|Create)|FileStreamOptions", "Cli/Demo/DemoRun.cs", "Cli/Demo/EnvFile.cs", "Cli/Sales/EnqueueFile.cs")]
    [TestCase(@"MarkupString|AddMarkupContent|new HtmlRenderer\(", "Web/StatusPage/PageLayout.razor", "Web/StatusPage/PageRenderer.cs")]
    [TestCase(@"\bTypedResults\.(?!Empty)|\bResults\.|\.Response\.(Write|Body)", "Cli/Credentials/ConsentRedirect.cs", "Web/Endpoints/Answers.cs", "Web/StatusPage/PageRenderer.cs")]
    [TestCase(@"ILoggerFactory>|LoggerFactory\.Create|new LoggerFactory", "Cli/Serve/ServeCommand.cs", "Core/CoreServices.cs")]
    [TestCase(@"\.Log(Trace|Debug|Information|Warning|Error|Critical)?\(", "Core/VisibleText.cs")]
    [TestCase(@"SmtpClient|new HttpClient\(|\.CreateClient\(", "Cli/Demo/DemoApp.cs", "Cli/Doctor/GoogleChecks.cs", "Cli/Serve/HealthCommand.cs", "Core/Alerts/AlertWebhook.cs", "Core/Providers/GoogleAds/GoogleCalls.cs", "Core/Providers/GoogleAds/OAuth/TokenGrants.cs")]
    public void There_is_no_other_outlet(string pattern, params string[] files)
    {
        var found = new[] { "Cli", "Core", "Functions", "Web" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(SourceTree.Root, folder), "*", SearchOption.AllDirectories))
            .Select(path => (Path: path, Name: Path.GetRelativePath(SourceTree.Root, path).Replace('\\', '/')))
            .Where(file => Path.GetExtension(file.Name) is ".cs" or ".razor" && !file.Name.Split('/').Any(part => part is "obj" or "bin"))
            .Where(file => Regex.IsMatch(string.Join('\n', File.ReadLines(file.Path).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))), pattern))
            .Select(file => file.Name);

        Assert.That(found, Is.EquivalentTo(files), "an outlet that the list above does not go through");
    }

    /// <summary>Whether a text may have lines there: a message, an exception, a page, a cell in quotes.</summary>
    private static bool HasLines(string outlet) => outlet is "what stops a command" or "what stops the worker" or "exception in a log"
        or "overview" or "page of a site" or "page of a sale" or "list of sites" or "file of refused lines";

    private static bool Hidden(char letter) => char.GetUnicodeCategory(letter) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static Task<string> OnConsoleAsync(Action<IAnsiConsole> write)
    {
        var writer = new StringWriter();
        write(Terminal.Plain(writer));
        return Task.FromResult(writer.ToString());
    }

    private static async Task<string> OnOutAsync(Func<Task> write)
    {
        var (before, writer) = (Console.Out, new StringWriter());
        Console.SetOut(writer);
        try
        {
            await write();
        }
        finally
        {
            Console.SetOut(before);
        }

        return writer.ToString();
    }

    private static async Task<string> OnErrorAsync(Func<Task> write)
    {
        var (before, writer) = (Console.Error, new StringWriter());
        Console.SetError(writer);
        try
        {
            await write();
        }
        finally
        {
            Console.SetError(before);
        }

        return writer.ToString();
    }

    /// <summary>As every host composes its log: line, exception and the values that telemetry keeps.</summary>
    private static string Logged(Action<ILogger> log)
    {
        var configuration = new ConfigurationBuilder().Build();
        var kept = new KeptValues();
        using var services = new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging(logging => logging.AddProvider(kept))
            .AddOpsMantikCore(configuration)
            .BuildServiceProvider();
        log(services.GetRequiredService<ILogger<HostileTextTests>>());
        return kept.Text;
    }

    private static async Task<string> RejectedAsync(string text)
    {
        var folder = TemporaryFolder.Create();
        var (file, rejects) = (new FileInfo(Path.Combine(folder, "a.csv")), new FileInfo(Path.Combine(folder, "b.csv")));
        // A file has no half of a pair.
        var cell = $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal).Replace("\ud800", "", StringComparison.Ordinal)}\"";
        await File.WriteAllTextAsync(file.FullName, $"gclid,order id,time,value,currency\n{cell},{cell},yesterday,5,TRY\n{cell},{cell},too few\n");
        var csv = SalesFiles.Read(file, new SalesFileOptions(Guid.NewGuid(), null, null, null, null, null, null), DateTimeOffset.UnixEpoch);
        csv.WriteRejects(rejects, csv.Faults);
        var written = await File.ReadAllTextAsync(rejects.FullName);
        Directory.Delete(folder, recursive: true);
        return written.TrimStart('\ufeff');
    }

    [GeneratedRegex("&#x([0-9A-Fa-f]{1,4});")]
    private static partial Regex Encoded();

    private sealed class KeptValues : ILoggerProvider, ILogger
    {
        public string Text { get; private set; } = "";

        public ILogger CreateLogger(string categoryName) => this;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Text += string.Join('|',
                [
                    formatter(state, exception),
                    .. (state as IEnumerable<KeyValuePair<string, object?>> ?? []).Select(value => $"{value.Value}"),
                    $"{exception}",
                ]);

        public void Dispose()
        {
        }
    }
}
