using System.Data.Common;
using Microsoft.Extensions.Options;
using Npgsql;

namespace OpsMantik.Core.Database;

/// <summary>Makes the worker's data source, with whatever its login needs.</summary>
public static class DatabaseSource
{
    // Asking is cheap while the token is good: the token's own times decide when a new one is fetched.
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);

    // Beside one for each group: the claim, the watch for isolated sites, other jobs, the status page. Each holds a connection
    // for its statement only, so more than these wait for milliseconds.
    private const int MoreThanGroups = 8;

    // In seconds. A health check waits two for all of it.
    private const int HealthTimeout = 2;

    /// <summary>
    /// Without the driver's reset of a session that is used again, unless the connection string asks for it: no statement of the worker
    /// leaves anything in its session. The reset goes out in front of the next statement, and PgBouncer 1.18 then damages a large one.
    /// </summary>
    public static string WithoutReset(string connectionString) => Says(connectionString, "NORESETONCLOSE")
        ? connectionString
        : new NpgsqlConnectionStringBuilder(connectionString) { NoResetOnClose = true }.ConnectionString;

    /// <summary>The runs' data source.</summary>
    /// <param name="token">Called for a login by token only, so that nothing of Azure is loaded for the others.</param>
    /// <param name="parallelGroups">
    /// <c>Upload__MaxParallelGroups</c>: bounds the pool where the connection string does not, whose driver would open 100
    /// connections before anybody waits.
    /// </param>
    internal static NpgsqlDataSource Create(DatabaseOptions options, Func<IDatabaseToken> token, int parallelGroups)
    {
        var builder = new NpgsqlConnectionStringBuilder(WithoutReset(DatabaseSignIn.Secure(options.ConnectionString!)));
        if (!Says(options.ConnectionString!, "MAXIMUMPOOLSIZE", "MAXPOOLSIZE"))
            builder.MaxPoolSize = Math.Max(parallelGroups + MoreThanGroups, builder.MinPoolSize);
        return Create(builder.ConnectionString, options, token);
    }

    /// <summary>One connection beside them, so that health checks take none from the runs and wait for none of theirs.</summary>
    internal static NpgsqlDataSource CreateForHealth(DatabaseOptions options, Func<IDatabaseToken> token) => Create(
        new NpgsqlConnectionStringBuilder(DatabaseSignIn.Secure(options.ConnectionString!))
        {
            MinPoolSize = 0,
            MaxPoolSize = 1,
            Timeout = HealthTimeout,
            CommandTimeout = HealthTimeout,
        }.ConnectionString,
        options,
        token);

    private static NpgsqlDataSource Create(string connectionString, DatabaseOptions options, Func<IDatabaseToken> token) =>
        DatabaseSignIn.IsByToken(connectionString, options.Authentication)
            ? CreateByToken(connectionString, token(), RefreshInterval, RetryInterval)
            : NpgsqlDataSource.Create(connectionString);

    // The driver's own builder knows the value, not whether anybody wrote it.
    private static bool Says(string connectionString, params string[] names) =>
        new DbConnectionStringBuilder { ConnectionString = connectionString }.Keys.Cast<string>()
            .Any(key => names.Contains(key.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant()));

    internal static NpgsqlDataSource CreateByToken(
        string connectionString, IDatabaseToken token, TimeSpan refreshInterval, TimeSpan retryInterval)
    {
        var builder = new NpgsqlDataSourceBuilder(DatabaseSignIn.SecureForToken(connectionString));
        builder.UsePeriodicPasswordProvider(
            (_, cancellationToken) => token.GetAsync(cancellationToken), refreshInterval, retryInterval);
        return builder.Build();
    }
}

/// <summary>Where the database is. The connection string may hold a password, so this prints itself redacted.</summary>
internal sealed class DatabaseOptions
{
    /// <summary>Name of the connection string: <c>ConnectionStrings__OpsMantik</c> in the environment.</summary>
    public const string Name = "OpsMantik";

    public string? ConnectionString { get; set; }

    /// <summary><see cref="DatabaseSignIn.Setting"/> as text; <see cref="DatabaseSignIn"/> knows what it means.</summary>
    public string? Authentication { get; set; }

    public override string ToString() => "[redacted]";
}

internal sealed class DatabaseOptionsValidator : IValidateOptions<DatabaseOptions>
{
    private const string Setting = "ConnectionStrings__OpsMantik";

    public ValidateOptionsResult Validate(string? name, DatabaseOptions options)
    {
        if (string.IsNullOrWhiteSpace(options.ConnectionString))
            return Fail("is missing: set it to Host=…;Database=…;Username=…;Password=…");
        if (KeyVaultReference.IsIn(options.ConnectionString))
            return Fail($"{KeyVaultReference.Remedy}.");

        try
        {
            var builder = new NpgsqlConnectionStringBuilder(options.ConnectionString);
            if (string.IsNullOrEmpty(builder.Host))
                return Fail("names no Host.");
            return DatabaseSignIn.FindFault(options.ConnectionString, options.Authentication) is { } fault
                ? ValidateOptionsResult.Fail(fault)
                : ValidateOptionsResult.Success;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException)
        {
            // The driver's message may quote the text, password and all.
            return Fail("is not a connection string: expected Host=…;Database=…;Username=…;Password=…");
        }
    }

    private static ValidateOptionsResult Fail(string fault) => ValidateOptionsResult.Fail($"{Setting} {fault}");
}
