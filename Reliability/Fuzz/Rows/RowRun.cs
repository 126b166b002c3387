using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Runs;
using OpsMantik.Testbed;
using Spectre.Console;

namespace OpsMantik.Reliability.Fuzz.Rows;

/// <summary>
/// Odd rows among good ones, of one site per way to Google: the good ones arrive, each odd one ends alone and says why,
/// and nothing is thrown.
/// </summary>
internal sealed class RowRun(FuzzEnvironment environment)
{
    // Two more than a row has attempts.
    private const int Rounds = 9;

    private readonly List<(Guid Id, string Name, string? Code)> _rows = [];

    private int _number;

    /// <summary>One row of each kind on either way, a good one beside each.</summary>
    public async Task AddCatalogueAsync()
    {
        foreach (var site in await AddSitesAsync())
        {
            foreach (var row in MalformedRows.All)
            {
                await AddAsync(site, row);
                await AddAsync(site);
            }
        }
    }

    /// <summary>Rows that are odd in up to three ways at once, half of them in none.</summary>
    public async Task AddRandomAsync(int seed, int rows)
    {
        var random = new Random(seed);
        var sites = await AddSitesAsync();
        for (var left = rows; left > 0; left--)
        {
            var site = sites[random.Next(sites.Length)];
            await AddAsync(site, [.. Enumerable.Range(0, random.Next(2) * random.Next(1, 4)).Select(_ => MalformedRows.All[random.Next(MalformedRows.All.Count)])]);
        }
    }

    public async Task<ScenarioResult> DrainAsync(string scenario)
    {
        var upload = environment.Own.Services.GetRequiredService<UploadRun>();
        var confirm = environment.Own.Services.GetRequiredService<ConfirmRun>();
        environment.Google.ProcessingDelay = TimeSpan.Zero;
        List<string> broken = [];
        for (var round = 0; round < Rounds; round++)
        {
            await environment.Database.ExecuteAsync(
                "update offline_conversion_queue set next_retry_at = now() where status = 'RETRY'");
            // A row that fails seven times on its own opens its site's circuit on the way.
            await environment.Database.ExecuteAsync("update provider_health_state set next_probe_at = now()");
            await upload.RunAsync(new UploadRequest(), CancellationToken.None);
            await environment.Database.ExecuteAsync("update provider_upload_requests set next_check_at = now()");
            await confirm.RunAsync(CancellationToken.None);
        }

        var lost = 0;
        foreach (var row in _rows)
        {
            if (await FindFaultAsync(row) is not { } fault)
                continue;
            lost += row.Code == MalformedRow.None ? 1 : 0;
            broken.Add($"{row.Name}: {fault}");
        }

        broken.AddRange(environment.Own.Offences.Select(line => $"logged: {line}"));
        return new ScenarioResult(scenario, 1, _rows.Count, lost, 0, 0, 0, TimeSpan.Zero, broken);
    }

    private async Task<Guid[]> AddSitesAsync() =>
        [.. await environment.Database.AddSitesAsync(1), .. await environment.Database.AddSitesAsync(1, "data_manager")];

    private async Task AddAsync(Guid site, params IReadOnlyList<MalformedRow> defects)
    {
        var row = defects.Aggregate(
            new QueueRow { Gclid = $"good-{++_number}" }, (row, defect) => defect.Apply(row));
        _rows.Add((
            await environment.Database.InsertAsync(site, row),
            defects.Count == 0 ? "a good row" : string.Join(" + ", defects),
            defects switch { [] => MalformedRow.None, [var one] => one.Code, _ => null }));
    }

    private async Task<string?> FindFaultAsync((Guid Id, string Name, string? Code) row)
    {
        var found = (await environment.Database.ScalarAsync<string[]>(
            """
            select array[q.status, coalesce(q.provider_error_code, ''), coalesce(q.provider_error_category, ''),
                         coalesce(q.last_error, '')]
            from offline_conversion_queue q
            where q.id = $1
            """, row.Id))!;
        var (status, code, category, message) = (found[0], found[1], found[2], found[3]);
        if (status == "COMPLETED" && row.Code is null or MalformedRow.None)
            return null;
        if (status != "FAILED" || row.Code == MalformedRow.None)
            return $"{status} {code} {message}";
        if (row.Code is not null && code != row.Code)
            return $"failed with {code}, not {row.Code}: {message}";
        return code.Length == 0 || category.Length == 0 || message.Length is 0 or > 500 || message.Contains("Exception")
            ? $"an unclear reason: {code} {category} {message}"
            : null;
    }
}

/// <summary><c>rows</c>: hostile rows among good ones, on both ways to Google.</summary>
internal static class RowCommand
{
    private const int DefaultRows = 2_000;

    public static Command Create()
    {
        var rows = ProofOptions.Count("--rows", "How many random rows.", DefaultRows);
        var seed = new Option<int>("--seed") { Description = "The same seed makes the same rows.", DefaultValueFactory = _ => 1 };
        var command = new Command("rows", "Hostile rows among good ones: each fails alone, its neighbours complete.") { rows, seed };
        command.SetAction(async (parsed, _) => ReportTable.Print(
            AnsiConsole.Console, await RunAsync(parsed.GetValue(rows), parsed.GetValue(seed))));
        return command;
    }

    public static async Task<IReadOnlyList<ScenarioResult>> RunAsync(int rows = DefaultRows, int seed = 1)
    {
        await using var server = await TestbedServer.StartAsync();
        await using var environment = await FuzzEnvironment.StartAsync(server);
        var catalogue = new RowRun(environment);
        await catalogue.AddCatalogueAsync();
        var every = await catalogue.DrainAsync("hostile rows, each kind");
        var random = new RowRun(environment);
        await random.AddRandomAsync(seed, rows);
        return [every, await random.DrainAsync($"hostile rows, seed {seed}")];
    }
}
