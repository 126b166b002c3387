using System.Globalization;
using System.Runtime.InteropServices;
using Npgsql;
using OpsMantik.Testbed;

namespace OpsMantik.Benchmarks.Report;

/// <summary>Where figures come from: without it they mean nothing.</summary>
internal static class Machine
{
    public static async Task<IReadOnlyList<string>> DescribeAsync(TestbedServer server)
    {
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30);
        return
        [
            string.Create(CultureInfo.InvariantCulture,
                $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}; {Environment.ProcessorCount} cores{Processor()}, {memory:0} GiB, {RuntimeInformation.OSDescription}"),
            $"{RuntimeInformation.FrameworkDescription}; client and server share the machine",
            await PostgresAsync(server),
        ];
    }

    private static string Processor()
    {
        const string cpus = "/proc/cpuinfo";
        var model = File.Exists(cpus)
            ? File.ReadLines(cpus).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))
            : null;
        return model is null ? "" : $" of {model[(model.IndexOf(':') + 1)..].Trim()}";
    }

    private static async Task<string> PostgresAsync(TestbedServer server)
    {
        await using var connection = new NpgsqlConnection(server.Postgres.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            select 'PostgreSQL ' || current_setting('server_version') || ': '
                   || string_agg(name || ' = ' || current_setting(name), ', ' order by name)
            from pg_settings
            where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'shared_buffers', 'max_wal_size')
            """, connection);
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
