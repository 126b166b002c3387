using Npgsql;

namespace OpsMantik.Core.Database;

/// <summary>Makes the worker's data source, with whatever its login needs.</summary>
internal static class DatabaseSource
{
    // Asking is cheap while the token is good: the token's own times decide when a new one is fetched.
    private static readonly TimeSpan Usual = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(10);

    /// <param name="token">Called for a login by token only, so that nothing of Azure is loaded for the others.</param>
    public static NpgsqlDataSource Create(DatabaseOptions options, Func<IDatabaseToken> token) =>
        DatabaseSignIn.IsByToken(options.ConnectionString!, options.Authentication)
            ? CreateByToken(options.ConnectionString!, token(), Usual, AfterFailure)
            : NpgsqlDataSource.Create(options.ConnectionString!);

    internal static NpgsqlDataSource CreateByToken(
        string connectionString, IDatabaseToken token, TimeSpan usual, TimeSpan afterFailure)
    {
        var builder = new NpgsqlDataSourceBuilder(DatabaseSignIn.Secure(connectionString));
        builder.UsePeriodicPasswordProvider((_, cancellationToken) => token.GetAsync(cancellationToken), usual, afterFailure);
        return builder.Build();
    }
}
