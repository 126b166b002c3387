using System.Reflection;
using System.Text.RegularExpressions;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Database;

/// <summary>
/// The rights of worker and operators against the statements that they run: with all rights each statement runs, and with any one
/// of them taken away some statement does not.
/// </summary>
internal sealed partial class RoleRightsTests
{
    /// <summary>Known by name to operators and dashboards, which call them as service_role: not the worker's to need.</summary>
    private static readonly string[] OfDashboards =
    [
        "confirm_sale_and_enqueue", "get_provider_health_state", "set_provider_state_half_open",
        "recover_stuck_offline_conversion_jobs",
    ];

    private const string Site = "5e000000-0000-0000-0000-0000000000aa";
    private const string Row = "50000000-0000-0000-0000-0000000000aa";
    private const string Token = "70000000-0000-0000-0000-0000000000aa";

    /// <summary>One row that a claim and a write-back are refused, one with a worker, one that waits; a change that was missed.</summary>
    private const string ArrangeSql =
        $"""
        insert into sites (id) values ('{Site}');
        insert into sales (id, site_id, occurred_at, amount_cents, status)
        select gen_random_uuid(), '{Site}', now(), 100, 'CONFIRMED' from generate_series(1, 3);
        insert into offline_conversion_queue (id, site_id, sale_id, gclid, conversion_time, value_cents, status, claim_token, claimed_at)
        select case s.n when 1 then '{Row}'::uuid else gen_random_uuid() end, '{Site}', s.id,
               case when s.n < 3 then 'refused' else 'good' end, now(), 100,
               case s.n when 1 then 'PROCESSING' else 'QUEUED' end,
               case s.n when 1 then '{Token}'::uuid end,
               case s.n when 1 then now() end
        from (select s.id, row_number() over () as n from sales s) s;
        insert into sale_changes_missed (sale_id, reason) select min(id::text)::uuid, 'test' from sales;
        create function refuse() returns trigger language plpgsql set search_path = '' as $$
        begin
            raise exception 'refused';
        end
        $$;
        create trigger refuse before update on offline_conversion_queue
            for each row when (old.gclid = 'refused') execute function refuse();
        """;

    /// <summary>What stands in no field of its own: functions, whose statements are checked when they run.</summary>
    private static readonly string[] WorkerCalls =
    [
        "select scriptname from public.opsmantik_migrations",
        "select fail_endless_offline_conversion_jobs(15)",
        "select correct_pending_sales()",
        "select * from count_offline_conversion_rows_of_others(1)",
        $"select count_provider_upload('{Site}', 'google_ads', 1, 1, 0, 0, 1)",
        $"select settle_provider_circuit('{Site}', 'google_ads', '{Token}', true, false)",
        $"select record_provider_outcome('{Site}', 'google_ads', false, true)",
        $"select end_refused_offline_conversion_job('{Site}', 'google_ads', '{Row}', '{Token}', 'P0001')",
        $"select end_refused_offline_conversion_job('{Site}', 'google_ads', '{Site}', '{Token}', 'P0001')",
        "select site_id, row_id, state, ended from end_refused_waiting_jobs('google_ads', '00000000-0000-0000-0000-000000000000', 10)",
    ];

    private static readonly string[] OperatorCalls =
    [
        $"select * from find_sale('{Site}')",
        $"select change_sale('{Site}', 1, 'TRY', 'test')",
    ];

    /// <summary>Statements whose parameters' types the server does not infer by itself.</summary>
    private static readonly Dictionary<string, string> Types = new()
    {
        ["BacklogSnapshot.Sql"] = "(text[], text[], interval)",
        ["ConfirmationStore.ClaimSql"] = "(text, int, uuid, interval, interval)",
        ["ConversionQueue.ReleaseSql"] = "(uuid, uuid, text, uuid[], bool)",
        ["KeyRotation.Sql"] = "(uuid[], text[], text[], text[], text, text, bool[])",
        ["RequestLeases.LeaseSql"] = "(text, text, int, int, int, int, date)",
        ["StatusReader.CountedSql"] = "(uuid, int, int)",
    };

    private TestDatabase _database = null!;

    [SetUp]
    public async Task OpenAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await _database.ExecuteAsync(ArrangeSql);
    }

    [TearDown]
    public async Task CloseAsync() => await _database.DisposeAsync();

    [TestCase("service_role")]
    [TestCase("opsmantik_operator")]
    public async Task Every_right_is_needed_by_a_statement(string role) =>
        Assert.That(await FindUnneededAsync(role), Is.Empty);

    [TestCase("service_role", "delete on worker_ticks")]
    [TestCase("service_role", "insert on offline_conversion_queue")]
    [TestCase("service_role", "select on operator_audit")]
    [TestCase("opsmantik_operator", "delete on provider_credentials")]
    [TestCase("opsmantik_operator", "execute on function note_sale_change()")]
    public async Task One_too_many_is_found(string role, string right)
    {
        await _database.ExecuteAsync($"grant {right} to {role}");

        Assert.That(
            (await FindUnneededAsync(role)).Select(found => found.ToLowerInvariant()),
            Is.EqualTo(new[] { right.Replace("function ", "", StringComparison.Ordinal) }));
    }

    [Test]
    public void Every_statement_in_a_file_is_tried()
    {
        var files = typeof(RoleRights).Assembly.GetManifestResourceNames()
            .Where(name => name.Contains(".Sql.", StringComparison.Ordinal) && !name.Contains(".Database.Sql.", StringComparison.Ordinal))
            .Select(name => SqlText.Load(name["OpsMantik.Core.".Length..^".sql".Length]));

        Assert.That(files, Is.SubsetOf(Statements(operators: false).Concat(Statements(operators: true)).Select(each => each.Sql)));
    }

    /// <summary>The role's own rights, without which all its statements run as before.</summary>
    private async Task<List<string>> FindUnneededAsync(string role)
    {
        var operators = role == "opsmantik_operator";
        await using var connection = await _database.Admin.OpenConnectionAsync();
        List<(string Text, string Run)> probes = [];
        await ExecuteAsync(connection, "set plan_cache_mode = force_generic_plan");
        foreach (var (name, sql) in Statements(operators))
        {
            var parameters = Parameter().Matches(sql).Select(match => int.Parse(match.Groups[1].Value)).DefaultIfEmpty(0).Max();
            var probe = $"probe_{probes.Count}";
            await ExecuteAsync(connection, $"prepare {probe} {Types.GetValueOrDefault(name)} as {sql}");
            var values = parameters == 0 ? "" : $"({string.Join(", ", Enumerable.Repeat("null", parameters))})";
            // What a statement needs is checked before its first row: to explain it is enough.
            probes.Add((sql, $"explain execute {probe}{values}"));
        }

        probes.AddRange((operators ? OperatorCalls : WorkerCalls).Select(call => ("", call)));
        Assert.That(await FailsAsync(connection, role, null, probes), Is.Null, "with every right");

        List<string> unneeded = [];
        foreach (var (right, thing) in await ReadRightsAsync(role))
        {
            var name = Name().Match(thing).Groups[1].Value;
            var able = probes.Where(probe => probe.Text.Length == 0 || probe.Text.Contains(name, StringComparison.Ordinal)).ToList();
            if (!OfDashboards.Contains(name) && await FailsAsync(connection, role, $"{right} on {thing}", able) is null)
                unneeded.Add($"{right} on {thing.Replace("function ", "", StringComparison.Ordinal)}");
        }

        return unneeded;
    }

    /// <summary>The first probe that the role may not run without the right; null when it may run all.</summary>
    private static async Task<string?> FailsAsync(
        NpgsqlConnection connection, string role, string? without, List<(string Text, string Run)> probes)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        if (without is not null)
            await ExecuteAsync(connection, $"revoke {without} from {role}");
        await ExecuteAsync(connection, $"set local role {role}");
        foreach (var (_, run) in probes)
        {
            try
            {
                await ExecuteAsync(connection, $"savepoint trial; {run}; rollback to savepoint trial");
            }
            catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                return $"{run}: {exception.MessageText}";
            }
        }

        return null;
    }

    /// <summary>What is granted to the role itself, whoever granted it.</summary>
    private async Task<(string Right, string Thing)[]> ReadRightsAsync(string role) => (await _database.ScalarAsync<string[]>(
        """
        select array_agg(g.privilege_type || '|' || g.thing order by g.thing, g.privilege_type)
        from (
            select a.privilege_type, c.oid::regclass::text as thing
            from pg_class c
            cross join aclexplode(c.relacl) a
            where c.relnamespace = 'public'::regnamespace and a.grantee = $1::regrole
            union all
            select a.privilege_type, 'function ' || p.oid::regprocedure::text
            from pg_proc p
            cross join aclexplode(p.proacl) a
            where p.pronamespace = 'public'::regnamespace and a.grantee = $1::regrole
        ) g
        """, role))!.Select(line => (line.Split('|')[0], line.Split('|')[1])).ToArray();

    /// <summary>The texts in fields whose name ends in Sql; those of the command line, and of storing credentials, are the operators'.</summary>
    private static List<(string Name, string Sql)> Statements(bool operators) =>
    [
        .. typeof(RoleRights).Assembly.GetTypes()
            .Where(type => type.Namespace != typeof(RoleRights).Namespace
                && operators == (type.Namespace == "OpsMantik.Core.Operations" || type.Name == "CredentialStore"))
            .SelectMany(type => type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .Where(field => field.FieldType == typeof(string) && field.Name.EndsWith("Sql", StringComparison.Ordinal))
                .Select(field => ($"{type.Name}.{field.Name}", (string)field.GetValue(null)!))),
    ];

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    [GeneratedRegex(@"^(?:function )?(\w+)")]
    private static partial Regex Name();

    [GeneratedRegex(@"\$(\d+)")]
    private static partial Regex Parameter();
}
