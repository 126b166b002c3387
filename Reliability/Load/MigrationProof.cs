using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Testbed;
using Spectre.Console;

namespace OpsMantik.Reliability.Load;

/// <summary>
/// All migrations over the application's database while it is read and written: no session waits for a lock longer than a
/// second, because the server itself refuses those that do.
/// </summary>
internal static class MigrationProof
{
    public const int DefaultRows = 2_000_000;

    private const string MostWait = "1s";
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    // What the dashboard does: it looks at a sale, confirms one, changes an old row as its worker did, notes a batch.
    private static readonly (string Name, string Sql)[] Sessions =
    [
        ("reader", "select count(*) from sales s join offline_conversion_queue q on q.sale_id = s.id where s.id = md5($1::text)::uuid"),
        ("reader of batches", "select count(*) from (select from provider_upload_attempts limit $1 % 100) a"),
        ("inserter",
            """
            with sold as (
                insert into sales (site_id, occurred_at, amount_cents, status, external_ref)
                select s.id, now(), 100, 'CONFIRMED', 'during-' || $1 from sites s
                returning id, site_id
            )
            insert into offline_conversion_queue (sale_id, site_id, gclid, conversion_time, value_cents)
            select s.id, s.site_id, 'during', now(), 100 from sold s
            """),
        ("updater", "update offline_conversion_queue set updated_at = now() where sale_id = md5($1::text)::uuid"),
        ("inserter of batches",
            """
            insert into provider_upload_attempts (site_id, provider_key, batch_id, phase)
            select s.id, 'google_ads', 'during-' || $1, 'STARTED' from sites s
            """),
    ];

    public static async Task<ScenarioResult> RunAsync(TestbedServer server, int rows)
    {
        await using var database = await server.CreateEmptyDatabaseAsync();
        await database.ExecuteAsync(OlderShape.Sql);
        await database.AddSalesAsync(rows);
        await database.ExecuteAsync("analyze");

        using var migrated = new CancellationTokenSource();
        var sessions = Sessions.Select(session => LoadSession.RunAsync(database, session.Name, session.Sql, migrated.Token)).ToList();
        var started = Stopwatch.GetTimestamp();
        await Task.Run(() => SchemaMigrator.Migrate(database.AdminConnectionString));
        var took = Stopwatch.GetElapsedTime(started);
        await migrated.CancelAsync();
        var loads = await Task.WhenAll(sessions);

        foreach (var load in loads)
        {
            AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{load.Name}: {load.Statements:N0} statements, the longest took {load.Longest.TotalMilliseconds:N0} ms."));
        }

        var written = loads.Single(load => load.Name == "inserter").Statements;
        var there = await database.ScalarAsync<long>("select count(*) from offline_conversion_queue where gclid = 'during'");
        return new ScenarioResult(
            string.Create(CultureInfo.InvariantCulture, $"migration of {rows:N0} rows in use"), 1, rows, written - there, 0, 0, 0, took,
            [.. loads.SelectMany(load => load.Faults).Take(10)]);
    }

    /// <summary>One session that repeats a statement until the migration is done.</summary>
    private sealed record LoadSession(string Name, long Statements, TimeSpan Longest, IReadOnlyList<string> Faults)
    {
        public static async Task<LoadSession> RunAsync(
            TestbedDatabase database, string name, string sql, CancellationToken migrated)
        {
            var options = new NpgsqlConnectionStringBuilder(database.AdminConnectionString)
            {
                Options = $"-c lock_timeout={MostWait}",
                Pooling = false,
            };
            await using var connection = new NpgsqlConnection(options.ConnectionString);
            await connection.OpenAsync(CancellationToken.None);
            var (statements, longest) = (0L, TimeSpan.Zero);
            List<string> faults = [];
            for (var number = 1; !migrated.IsCancellationRequested; number++)
            {
                var started = Stopwatch.GetTimestamp();
                try
                {
                    await using var command = new NpgsqlCommand(sql, connection);
                    command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = number });
                    await command.ExecuteNonQueryAsync(CancellationToken.None);
                    statements++;
                }
                catch (PostgresException exception)
                {
                    faults.Add($"{name}: {exception.MessageText} ({exception.SqlState})");
                }

                var took = Stopwatch.GetElapsedTime(started);
                longest = took > longest ? took : longest;
                await Task.Delay(Pause, CancellationToken.None);
            }

            return new LoadSession(name, statements, longest, faults);
        }
    }
}

/// <summary><c>migration --rows 2000000</c></summary>
internal static class MigrationCommand
{
    public static Command Create()
    {
        var rows = ProofOptions.Count("--rows", "Rows of the queue.", MigrationProof.DefaultRows);
        var command = new Command("migration", "All migrations of a database in use: nobody waits longer than a second.") { rows };
        command.SetAction(async (parsed, _) => ReportTable.Print(AnsiConsole.Console, await RunAsync(parsed.GetRequiredValue(rows))));
        return command;
    }

    public static async Task<IReadOnlyList<ScenarioResult>> RunAsync(int rows = MigrationProof.DefaultRows)
    {
        await using var server = await TestbedServer.StartAsync();
        return [await MigrationProof.RunAsync(server, rows)];
    }
}
