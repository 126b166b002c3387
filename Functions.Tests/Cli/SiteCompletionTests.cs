using System.Diagnostics;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Cli;

/// <summary>What a shell completes where a site is wanted.</summary>
internal sealed class SiteCompletionTests
{
    private const string Hostile = "$(touch owned) 'x'";

    private TestDatabase _database = null!;
    private Guid _cafe;

    [SetUp]
    public async Task NameSitesAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _cafe = await _database.AddSiteAsync();
        await _database.ExecuteAsync("alter table sites add column name text, add column domain text");
        await _database.ExecuteAsync("update sites set name = 'Cafe Nord', domain = 'cafe.example'");
        await _database.ExecuteAsync("insert into sites (name) values ($1)", Hostile);
    }

    [TearDown]
    public async Task CloseAsync() => await _database.DisposeAsync();

    [Test]
    public async Task The_shell_completes_names_and_ids_and_obeys_nothing_in_them()
    {
        Assert.That(await SuggestAsync("opsmantik circuit show --site caf"), Is.EquivalentTo(new[] { "Cafe Nord", "cafe.example" }));
        Assert.That(await SuggestAsync($"opsmantik preview --site {$"{_cafe}"[..8]}"), Is.EqualTo(new[] { $"{_cafe}" }));
        Assert.That((await CliProcess.RunAsync("[suggest:30]", "opsmantik preview --site cafe ")).ExitCode, Is.Zero, "without a database");

        var folder = TemporaryFolder.Create();
        var completed = await BashAsync(
            folder,
            "COMP_LINE='opsmantik preview --site '; COMP_POINT=${#COMP_LINE}; COMP_WORDS=(opsmantik preview --site ''); COMP_CWORD=3\n"
            + "_opsmantik_complete; for word in \"${COMPREPLY[@]}\"; do eval \"printf '[%s]' $word\"; done");

        Assert.That(completed, Does.Contain("[Cafe Nord]").And.Contain($"[{Hostile}]"));
        Assert.That(Directory.GetFiles(folder), Is.Empty, "a name was executed");
        Directory.Delete(folder);
    }

    private async Task<string[]> SuggestAsync(string line) => (await RunAsync($"[suggest:{line.Length}]", line))
        .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private async Task<string> BashAsync(string folder, string script)
    {
        var start = new ProcessStartInfo("bash", ["-c", $"opsmantik() {{ dotnet '{CliProcess.Program}' \"$@\"; }}\nsource <(opsmantik completion bash)\n{script}"])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
        };
        start.Environment["ConnectionStrings__OpsMantik"] = _database.OperatorConnectionString;
        using var bash = Process.Start(start)!;
        var output = await bash.StandardOutput.ReadToEndAsync();
        await bash.WaitForExitAsync();
        return output;
    }

    private Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments) =>
        CliProcess.RunAsync(_database.OperatorConnectionString, arguments);
}
