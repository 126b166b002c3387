using System.Diagnostics;
using System.Globalization;

namespace OpsMantik.Reliability.Breakages;

/// <summary>
/// A copy of the sources with every breakage built in and asleep: an environment variable wakes one, so that all of them
/// cost one build.
/// </summary>
internal sealed class ScratchTree : IDisposable
{
    private const string Switch = "OPSMANTIK_BREAKAGE";

    // Where the product reads its SQL: there the copy puts the broken text in its place.
    private static readonly Breakage SqlDoor = new(
        "the door for SQL", "Core/Database/SqlText.cs", "return «reader.ReadToEnd()»;", "Breakage.Text(resource, reader.ReadToEnd())");

    private static readonly string[] LeftOut = [".git", "bin", "obj", "Functions.Tests", "Benchmarks", "Cli", "infra", "docs"];

    private readonly string _folder = Directory.CreateTempSubdirectory("opsmantik-breakages-").FullName;
    private readonly IReadOnlyList<Breakage> _breakages;

    public ScratchTree(IReadOnlyList<Breakage> breakages) => _breakages = breakages;

    /// <summary>Copies, breaks and builds.</summary>
    /// <exception cref="InvalidOperationException">An edit applies no more, or the result does not build; quotes the compiler.</exception>
    public async Task BuildAsync()
    {
        Copy(new DirectoryInfo(Root()), _folder);
        Edit(SqlDoor.File, text => SqlDoor.Apply(text, SqlDoor.Replacement));
        File.WriteAllText(Path.Combine(_folder, "Core", "Breakage.cs"), BreakageSource.Write(Switch, _breakages));
        for (var number = 0; number < _breakages.Count; number++)
        {
            var (breakage, place) = (_breakages[number], number);
            Edit(breakage.File, text => breakage.IsSql
                ? Checked(breakage, text)
                : breakage.Apply(text, BreakageSource.Choice(place, breakage)));
        }

        var (exit, output) = await RunAsync(
            ["build", "Reliability", "-c", "Release", "-v", "quiet", "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false",
                "-p:GenerateDocumentationFile=false"], null, TimeSpan.FromMinutes(15));
        if (exit != 0)
            throw new InvalidOperationException($"The broken copy does not build:\n{output}");
    }

    /// <summary>Runs a command line of this program in the copy.</summary>
    /// <param name="arguments">Such as <c>simulate --seeds 300</c>.</param>
    /// <param name="breakage">The one that is awake; null for none.</param>
    public Task<(int Exit, string Output)> RunAsync(IReadOnlyList<string> arguments, Breakage? breakage)
    {
        var program = Path.Combine(_folder, "Reliability", "bin", "Release", "net10.0", "OpsMantik.Reliability.dll");
        return RunAsync([program, .. arguments], breakage, TimeSpan.FromMinutes(10));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The repository's folder.</summary>
    /// <exception cref="InvalidOperationException">This program was not built inside it.</exception>
    public static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "OpsMantik.Functions.sln")))
            folder = folder.Parent;
        return folder?.FullName
            ?? throw new InvalidOperationException("Breakages are edits of the sources: run this from the repository's build.");
    }

    private static string Checked(Breakage breakage, string text)
    {
        breakage.Apply(text, breakage.Replacement);
        return text;
    }

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in from.EnumerateFiles())
            file.CopyTo(Path.Combine(to, file.Name));
        foreach (var folder in from.EnumerateDirectories().Where(folder => !LeftOut.Contains(folder.Name)))
            Copy(folder, Path.Combine(to, folder.Name));
    }

    private void Edit(string file, Func<string, string> edit)
    {
        var path = Path.Combine(_folder, file);
        File.WriteAllText(path, edit(File.ReadAllText(path)));
    }

    private async Task<(int Exit, string Output)> RunAsync(
        IReadOnlyList<string> arguments, Breakage? breakage, TimeSpan patience)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (breakage is not null)
            start.Environment[Switch] = BreakageSource.NumberOf(_breakages, breakage).ToString(CultureInfo.InvariantCulture);
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        try
        {
            await process.WaitForExitAsync().WaitAsync(patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync();
        }

        return (process.ExitCode, await output + await error);
    }
}
