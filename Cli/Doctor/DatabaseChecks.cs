using System.Globalization;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Core.Vault;
using OpsMantik.Web;

namespace OpsMantik.Cli.Doctor;

/// <summary>Server, login, rights, schema, keys of the stored credentials, and the two clocks.</summary>
internal sealed class DatabaseChecks(VaultKeyRing? keys, TimeProvider time)
{
    private const int OldestServer = 13;
    private const string Migrate = "opsmantik migrate --database <connection string of a login that may alter the schema>";

    private const string OwnLogin = "Give the worker a login that is a member of service_role and nothing more.";

    // Leases, retries and circuits go by the database's clock; tokens by this machine's.
    private static readonly TimeSpan SmallSkew = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LargeSkew = TimeSpan.FromMinutes(1);

    public async Task<IReadOnlyList<CheckResult>> RunAsync(string connectionString, CancellationToken cancellationToken)
    {
        await using var database = NpgsqlDataSource.Create(
            await DatabaseIdentity.SignInAsync(connectionString, cancellationToken));
        var check = new DatabaseCheck(database);
        var report = await check.ReadReportAsync(cancellationToken);
        var skew = time.GetUtcNow().UtcDateTime - report.Now;
        var status = await check.CheckAsync(cancellationToken);
        return
        [
            Server(report, ConnectionText.Describe(connectionString)),
            Role(report, status),
            .. Rights(report),
            .. OpenSchema(report),
            Schema(status),
            Credentials(report),
            .. RowsOfOthers(report),
            Clock(skew),
        ];
    }

    private static CheckResult Server(DatabaseReport report, string location)
    {
        var version = $"PostgreSQL {report.ServerVersion / 10_000}.{report.ServerVersion % 10_000} at {location}";
        return report.ServerVersion / 10_000 >= OldestServer
            ? CheckResult.Ok("database", version)
            : CheckResult.Fail("database", version, $"Upgrade to PostgreSQL {OldestServer} or newer.");
    }

    private static CheckResult Role(DatabaseReport report, DatabaseStatus status) =>
        status.RoleFault is not null
            ? CheckResult.Fail(
                "role", $"{report.Login} is not a member of service_role", $"grant service_role to \"{report.Login}\";")
            : report.BypassesRowSecurity
                ? CheckResult.Warn(
                    "role",
                    $"{report.Login} may do more than a worker needs: row security does not hold it",
                    OwnLogin)
                : CheckResult.Ok("role", $"{report.Login} is a member of {(report.IsOperator ? "opsmantik_operator" : "service_role")}");

    private static IEnumerable<CheckResult> Rights(DatabaseReport report)
    {
        if (report.GrantFaults.Count == 0)
            yield return CheckResult.Ok("rights", "as worker and operators need them, and no other role has any");
        foreach (var group in report.GrantFaults.GroupBy(fault => (fault.Role, fault.Missing)))
        {
            var (role, missing) = group.Key;
            yield return CheckResult.Fail(
                "rights",
                $"{(missing ? $"missing: {role} needs" : $"open: {role} has, and should not have")} {GrantFault.Join(group)}",
                role == report.Login ? OwnLogin : Migrate);
        }
    }

    // Our statements name tables and functions without their schema: one of the same name and fitting types would be taken.
    private static IEnumerable<CheckResult> OpenSchema(DatabaseReport report) => report.SchemaIsOpen
        ?
        [
            CheckResult.Warn(
                "schema rights",
                "every login may create tables and functions in the schema public, beside the worker's",
                "revoke create on schema public from public;"),
        ]
        : [];

    private static CheckResult Schema(DatabaseStatus status) =>
        status.RoleFault is not null ? CheckResult.Warn("schema", "not looked at: see role", null)
        : status.SchemaFault is { } fault ? CheckResult.Fail("schema", fault.Split(" Bring ")[0], Migrate)
        : CheckResult.Ok("schema", "as new as this program");

    private CheckResult Credentials(DatabaseReport report)
    {
        if (report.CredentialsByKey is not { } byKey)
            return CheckResult.Warn("credentials", "not looked at: see rights and schema", null);
        var all = byKey.Values.Sum();
        if (keys is null)
            return CheckResult.Warn("credentials", $"{TextFormat.Number(all)} stored; no vault key to open them", "Set OPSMANTIK_VAULT_KEY.");
        var known = byKey.Where(pair => keys.Knows(pair.Key)).Sum(pair => pair.Value);
        if (known < all)
        {
            return CheckResult.Fail(
                "credentials",
                $"{TextFormat.Number(all - known)} of {TextFormat.Number(all)} are sealed by keys that are not given: "
                + string.Join(", ", byKey.Keys.Where(key => !keys.Knows(key))),
                "Add the key to OPSMANTIK_VAULT_PREVIOUS_KEYS, or store those credentials again.");
        }

        var current = byKey.GetValueOrDefault(keys.Current.Fingerprint);
        return current < all
            ? CheckResult.Warn(
                "credentials",
                $"{TextFormat.Number(all - current)} of {TextFormat.Number(all)} are sealed by an older key",
                "opsmantik credentials rotate-key")
            : CheckResult.Ok("credentials", $"{TextFormat.Number(all)} stored, all sealed by the current key");
    }

    private static IEnumerable<CheckResult> RowsOfOthers(DatabaseReport report) => report.RowsOfOthers is not { } rows
        ? []
        :
        [
            CheckResult.Ok(
                "other rows",
                $"{Count(rows.WithoutSale)} of calls, {Count(rows.OtherStatus)} of sales in the dashboard's own statuses: not ours, left alone"),
        ];

    private static string Count(long rows) =>
        (rows < DatabaseCheck.MostRowsOfOthers ? "" : "at least ") + TextFormat.Number(rows);

    private static CheckResult Clock(TimeSpan skew)
    {
        var message = string.Create(
            CultureInfo.InvariantCulture, $"this machine's and the database's are {Math.Abs(skew.TotalSeconds):0.0} s apart");
        const string Fix = "Let both take their time from NTP.";
        return skew.Duration() < SmallSkew ? CheckResult.Ok("clocks", message)
            : skew.Duration() < LargeSkew ? CheckResult.Warn("clocks", message, Fix)
            : CheckResult.Fail("clocks", message, Fix);
    }
}

/// <summary>What is known of the pooler that a connection goes through.</summary>
/// <param name="Text">Its name, as far as it tells.</param>
/// <param name="IsOld">It damages large parameters, or an older release of its kind did.</param>
internal sealed record PoolerIdentity(string Text, bool IsOld)
{
    // PgBouncer's own words; its release 1.20 began to read options.
    private const string Unread = "unsupported startup parameter: options";
    private const string Read = "unsupported startup parameter in options";

    /// <summary>Null where the server itself answers: a pooler greets with a process id of its own.</summary>
    public static async Task<PoolerIdentity?> ReadAsync(NpgsqlConnectionStringBuilder text, CancellationToken stopping)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(text.ConnectionString) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(stopping);
        await using var ask = new NpgsqlCommand("select pg_backend_pid()", connection);
        if ((int)(await ask.ExecuteScalarAsync(stopping))! == connection.ProcessID)
            return null;
        try
        {
            // A setting that no pooler keeps track of: how it is refused tells the kind. The login of its console is seldom ours.
            await using var probe = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(text.ConnectionString)
            {
                Pooling = false,
                Options = $"{text.Options} -c opsmantik.doctor=1".TrimStart(),
            }.ConnectionString);
            await probe.OpenAsync(stopping);
            return new("a pooler of unknown kind", false);
        }
        catch (PostgresException refused) when (refused.MessageText.Contains(Unread, StringComparison.Ordinal))
        {
            return new("PgBouncer older than 1.20", true);
        }
        catch (PostgresException refused)
        {
            return new(
                refused.MessageText.Contains(Read, StringComparison.Ordinal) ? "PgBouncer 1.20 or newer, or one like it" : "a pooler of unknown kind",
                false);
        }
    }
}
