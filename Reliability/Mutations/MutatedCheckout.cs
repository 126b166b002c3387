using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace OpsMantik.Reliability.Mutations;

/// <summary>
/// A copy of the sources with every mutation compiled in but inactive: an environment variable activates one, so that all
/// of them cost one build.
/// </summary>
internal sealed class MutatedCheckout : IDisposable
{
    private const string Switch = "OPSMANTIK_BREAKAGE";

    // Where the product reads its SQL: there the copy puts the broken text in its place.
    private static readonly SourceMutation SqlLoading = new(
        "the loading of SQL", "Core/Database/SqlText.cs", "return «reader.ReadToEnd()»;", "SourceMutation.Text(resource, reader.ReadToEnd())");

    /// <summary>Folders that the proofs do not need.</summary>
    public static readonly string[] LeftOut = [".git", "bin", "obj", "Functions", "Functions.Tests", "Benchmarks", "infra", "docs"];

    private readonly string _folder = Directory.CreateTempSubdirectory("opsmantik-breakages-").FullName;
    private readonly IReadOnlyList<SourceMutation> _mutations;

    public MutatedCheckout(IReadOnlyList<SourceMutation> mutations) => _mutations = mutations;

    /// <summary>Copies, breaks and builds.</summary>
    /// <exception cref="InvalidOperationException">An edit applies no more, or the result does not build; quotes the compiler.</exception>
    public async Task BuildAsync()
    {
        Copy(new DirectoryInfo(Root()), _folder);
        Edit(SqlLoading.File, text => SqlLoading.Apply(text, SqlLoading.Replacement));
        File.WriteAllText(Path.Combine(_folder, "Core", "SourceMutation.cs"), MutatedSource.Write(Switch, _mutations));
        for (var number = 0; number < _mutations.Count; number++)
        {
            var (mutation, place) = (_mutations[number], number);
            Edit(mutation.File, text => mutation.IsSql
                ? Checked(mutation, text)
                : mutation.Apply(text, MutatedSource.Choice(place, mutation)));
        }

        var (exit, output) = await RunAsync(
            ["build", "Reliability", "-c", "Release", "-v", "quiet", "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false",
                "-p:GenerateDocumentationFile=false"], null, TimeSpan.FromMinutes(15));
        if (exit != 0)
            throw new InvalidOperationException($"The broken copy does not build:\n{output}");
    }

    /// <summary>Runs a command line of this program in the copy.</summary>
    /// <param name="arguments">Such as <c>simulate --seeds 300</c>.</param>
    /// <param name="mutation">The active one; null for none.</param>
    public Task<(int Exit, string Output)> RunAsync(IReadOnlyList<string> arguments, SourceMutation? mutation)
    {
        var program = Path.Combine(_folder, "Reliability", "bin", "Release", "net10.0", "OpsMantik.Reliability.dll");
        return RunAsync([program, .. arguments], mutation, TimeSpan.FromMinutes(10));
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

    private static string Checked(SourceMutation mutation, string text)
    {
        mutation.Apply(text, mutation.Replacement);
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
        IReadOnlyList<string> arguments, SourceMutation? mutation, TimeSpan patience)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (mutation is not null)
            start.Environment[Switch] = MutatedSource.NumberOf(_mutations, mutation).ToString(CultureInfo.InvariantCulture);
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

/// <summary>Writes the code by which a broken copy chooses between right and wrong when it runs.</summary>
internal static class MutatedSource
{
    public static int NumberOf(IReadOnlyList<SourceMutation> mutations, SourceMutation mutation) =>
        Enumerable.Range(0, mutations.Count).First(number => mutations[number] == mutation);

    /// <summary>A C# mutation's place: the wrong expression when it is active, else the right one.</summary>
    public static string Choice(int number, SourceMutation mutation) => string.Create(CultureInfo.InvariantCulture,
        $"(global::OpsMantik.Core.SourceMutation.Is({number}) ? ({mutation.Replacement}) : ({mutation.Original}))");

    /// <summary>The class that the choices ask.</summary>
    /// <param name="variable">Of the environment: the number of the active mutation.</param>
    public static string Write(string variable, IReadOnlyList<SourceMutation> mutations)
    {
        var texts = new StringBuilder();
        for (var number = 0; number < mutations.Count; number++)
        {
            var mutation = mutations[number];
            if (mutation.IsSql)
                texts.AppendLine(CultureInfo.InvariantCulture,
                    $"        ({number}, {Quoted(mutation.Resource)}) => text.Replace({Quoted(mutation.Search)}, {Quoted(mutation.Apply(mutation.Search, mutation.Replacement))}),");
        }

        return $$"""
            namespace OpsMantik.Core;

            internal static class SourceMutation
            {
                private static readonly int Active =
                    int.TryParse(System.Environment.GetEnvironmentVariable("{{variable}}"), out var number) ? number : -1;

                public static bool Is(int number) => number == Active;

                public static string Text(string resource, string text) => (Active, resource) switch
                {
            {{texts}}        _ => text,
                };
            }
            """;
    }

    private static string Quoted(string text) => $"@\"{text.Replace("\"", "\"\"")}\"";
}
