using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.ColdStart;

/// <summary>
/// How long the function app takes from the start of its process to its first 200 on the health page (settings checked,
/// database looked at), beside an empty ASP.NET Core app. The two take turns, so that both meet the same machine.
/// </summary>
public static class ColdStartBenchmark
{
    /// <summary>The function app may take so many times as long as the empty app, by their medians.</summary>
    public const double Limit = 2.0;

    private const int Rounds = 11;

    /// <returns>Whether the limit held.</returns>
    public static async Task<bool> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("opsmantik-cold-start-");
        try
        {
            await using var server = await TestbedServer.StartAsync(cancellation: cancellationToken);
            await using var database = await server.CreateDatabaseAsync();
            var app = await App(database).PublishAsync(Root(), folder.FullName, cancellationToken);
            var empty = await Empty().PublishAsync(Root(), folder.FullName, cancellationToken);

            // The first start of each reads its files from the disk, which tells of the disk.
            await app.MeasureAsync(cancellationToken);
            await empty.MeasureAsync(cancellationToken);
            var (appTimes, emptyTimes) = (new List<double>(), new List<double>());
            for (var round = 0; round < Rounds; round++)
            {
                emptyTimes.Add((await empty.MeasureAsync(cancellationToken)).TotalMilliseconds);
                appTimes.Add((await app.MeasureAsync(cancellationToken)).TotalMilliseconds);
            }

            var ratio = Median(appTimes) / Median(emptyTimes);
            Report(output, app.Name, appTimes);
            Report(output, empty.Name, emptyTimes);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"ratio of the medians {ratio:0.00}, limit {Limit:0.00}"));
            return ratio <= Limit;
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

    private static void Report(TextWriter output, string name, List<double> times) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{name,-28} median {Median(times),5:0} ms, fastest {times.Min(),5:0}, slowest {times.Max(),5:0}, {times.Count} starts"));

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "OpsMantik.Functions.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("The benchmark runs inside the repository only.");
    }
}
