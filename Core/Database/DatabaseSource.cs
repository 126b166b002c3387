using Microsoft.Extensions.Options;
using Npgsql;

namespace OpsMantik.Core.Database;

/// <summary>Makes the worker's data source, with whatever its login needs.</summary>
internal static class DatabaseSource
{
    // Asking is cheap while the token is good: the token's own times decide when a new one is fetched.
    private static readonly TimeSpan RefreshInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(10);

    /// <param name="token">Called for a login by token only, so that nothing of Azure is loaded for the others.</param>
    public static NpgsqlDataSource Create(DatabaseOptions options, Func<IDatabaseToken> token) =>
        DatabaseSignIn.IsByToken(options.ConnectionString!, options.Authentication)
            ? CreateByToken(options.ConnectionString!, token(), RefreshInterval, RetryInterval)
            : NpgsqlDataSource.Create(DatabaseSignIn.Secure(options.ConnectionString!));

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
