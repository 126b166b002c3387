using System.Runtime.InteropServices;
using System.Security.Cryptography;
using OpsMantik.Benchmarks.Report;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.ColdStart;

/// <summary>
/// How long the function app takes from the start of its process to its first 200 on the health page (settings checked,
/// database looked at), beside an empty ASP.NET Core app. The two take turns, so that both meet the same machine.
/// </summary>
internal sealed class ColdStartMeasure : IMeasure
{
    private const int Rounds = 11;

    public string Name => "cold-start";

    public string Description => "From the start of the process to the first good answer, beside an empty ASP.NET Core app.";

    public async Task<IReadOnlyList<Figure>> RunAsync(Bench bench, CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("opsmantik-cold-start-");
        try
        {
            await using var database = await bench.Server.CreateDatabaseAsync();
            var app = await App(database).PublishAsync(Root(), folder.FullName, cancellation);
            var empty = await Empty().PublishAsync(Root(), folder.FullName, cancellation);
            bench.Say("cold-start: both apps are published");

            // The first start of each reads its files from the disk, which tells of the disk.
            await app.MeasureAsync(cancellation);
            await empty.MeasureAsync(cancellation);
            var (appTimes, emptyTimes) = (new List<double>(), new List<double>());
            for (var round = 0; round < (bench.Sizes == Sizes.Quick ? 1 : Rounds); round++)
            {
                emptyTimes.Add((await empty.MeasureAsync(cancellation)).TotalMilliseconds);
                appTimes.Add((await app.MeasureAsync(cancellation)).TotalMilliseconds);
            }

            var (appTime, emptyTime) = (new Figure(Name, app.Name, "ms", appTimes), new Figure(Name, empty.Name, "ms", emptyTimes));
            return
            [
                appTime,
                emptyTime,
                new Figure(Name, "ratio of the medians", "×", [appTime.Median / emptyTime.Median], Goal.Most(2, 2)),
            ];
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static PublishedProgram App(TestbedDatabase database) => new(
        "function app, /api/health", "Functions/OpsMantik.Functions.csproj", "/api/health",
        new Dictionary<string, string>
        {
            ["ConnectionStrings__OpsMantik"] = database.WorkerConnectionString,
            ["OPSMANTIK_VAULT_KEY"] = BulkSeed.VaultKey,
            ["CRON_SECRET"] = RandomNumberGenerator.GetHexString(32),
        },
        "-r", RuntimeInformation.RuntimeIdentifier);

    private static PublishedProgram Empty() => new(
        "empty ASP.NET Core app, /", "Benchmarks/EmptyApp/OpsMantik.EmptyApp.csproj", "/", new Dictionary<string, string>());

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "OpsMantik.Functions.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The benchmark runs inside the repository only.");
    }
}
