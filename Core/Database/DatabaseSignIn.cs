using System.Data.Common;
using System.Net;
using System.Security.Authentication;
using Npgsql;

namespace OpsMantik.Core.Database;

/// <summary>
/// How a login shows who it is. <c>Auto</c> (the default): by Entra token on a host of Azure Database for PostgreSQL when
/// the connection string has no password; else as the driver does it, which may be by no password at all (trust, peer, a
/// password file). So no other server is ever shown a token, unless <c>Entra</c> says so; <c>Password</c> switches tokens off.
/// </summary>
public static class DatabaseSignIn
{
    /// <summary>The setting, as the environment spells it.</summary>
    public const string Setting = "Database__Authentication";

    internal const string Key = "Database:Authentication";

    private const string AzureHost = ".postgres.database.azure.com";
    private const string Auto = "Auto";
    private const string Entra = "Entra";
    private const string Password = "Password";

    /// <summary>Why the login cannot work, in words that begin with a setting and hold no value; null when it can.</summary>
    /// <exception cref="ArgumentException">No connection string; the driver's message may quote it.</exception>
    public static string? FindFault(string connectionString, string? authentication)
    {
        if (!string.IsNullOrWhiteSpace(authentication)
            && !new[] { Auto, Entra, Password }.Any(word => Says(authentication, word)))
            return $"{Setting} must be {Auto}, {Entra} or {Password}.";
        if (!IsByToken(connectionString, authentication))
            return null;

        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        if (HasPassword(builder))
            return $"{Setting} is {Entra}, and ConnectionStrings__OpsMantik holds a password: take one of the two away.";
        if (string.IsNullOrEmpty(builder.Username))
            return "ConnectionStrings__OpsMantik names no Username: with an Entra token it is the identity's role in the database.";
        return builder.SslMode is SslMode.Disable or SslMode.Allow && !IsOnThisMachine(builder)
            ? "ConnectionStrings__OpsMantik switches TLS off: an Entra token must not travel in the clear."
            : null;
    }

    /// <summary>Whether the password is to be an Entra token.</summary>
    public static bool IsByToken(string connectionString, string? authentication)
    {
        if (Says(authentication, Entra) || Says(authentication, Password))
            return Says(authentication, Entra);
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        return !HasPassword(builder)
            && HostsOf(builder).All(host => host.EndsWith(AzureHost, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>For programs that connect at once and are soon done: the connection string with a token in it.</summary>
    public static string WithToken(string connectionString, string token) =>
        new NpgsqlConnectionStringBuilder(SecureForToken(connectionString)) { Password = token }.ConnectionString;

    /// <summary>
    /// The connection string by which to connect: a server on another machine must prove its name before it is shown a
    /// password, unless the text itself names an SSL mode. The driver's own default would do without TLS if the server has none.
    /// </summary>
    public static string Secure(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        if (IsOnThisMachine(builder) || NamesSslMode(connectionString))
            return connectionString;
        builder.SslMode = SslMode.VerifyFull;
        return builder.ConnectionString;
    }

    /// <summary>The same for a token, to which not even a written <c>Prefer</c> may do without TLS.</summary>
    internal static string SecureForToken(string connectionString)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        if (builder.SslMode == SslMode.Prefer && !IsOnThisMachine(builder))
            builder.SslMode = SslMode.VerifyFull;
        return builder.ConnectionString;
    }

    /// <summary>The SSL mode by which a server on another machine need not prove its name; null when it must.</summary>
    /// <exception cref="ArgumentException">No connection string; the driver's message may quote it.</exception>
    public static string? FindWeakMode(string connectionString, string? authentication)
    {
        var builder = new NpgsqlConnectionStringBuilder(
            IsByToken(connectionString, authentication) ? SecureForToken(connectionString) : Secure(connectionString));
        return builder.SslMode == SslMode.VerifyFull || IsOnThisMachine(builder) ? null : builder.SslMode.ToString();
    }

    /// <summary>What to set when the server did not prove its name, or has no TLS; null where neither is the trouble.</summary>
    public static string? FindCure(Exception exception) => exception switch
    {
        AuthenticationException =>
            "the server did not prove its name: its certificate must name the Host, by an authority that this machine trusts or "
            + "that the connection string gives as Root Certificate=<file> (Supabase offers its own for download); "
            + "SSL Mode=Require does without the proof",
        NpgsqlException when exception.Message.StartsWith("SSL connection requested", StringComparison.Ordinal) =>
            "the server has no TLS; on a network of your own SSL Mode=Disable does without it",
        _ => exception.InnerException is { } inner ? FindCure(inner) : null,
    };

    // The driver's builder answers for every keyword it knows; this one for those that are there.
    private static bool NamesSslMode(string connectionString)
    {
        var named = new DbConnectionStringBuilder { ConnectionString = connectionString };
        return named.ContainsKey("SSL Mode") || named.ContainsKey(nameof(SslMode));
    }

    private static bool Says(string? authentication, string word) =>
        string.Equals(authentication?.Trim(), word, StringComparison.OrdinalIgnoreCase);

    private static bool HasPassword(NpgsqlConnectionStringBuilder builder) =>
        !string.IsNullOrEmpty(builder.Password) || !string.IsNullOrEmpty(builder.Passfile);

    private static bool IsOnThisMachine(NpgsqlConnectionStringBuilder builder) => HostsOf(builder).All(host =>
        // A name that begins so is a Unix socket's.
        host is ['/' or '@', ..]
        || host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address)));

    // "a.example:6432,b.example": several servers, each with a port of its own if it likes.
    private static IEnumerable<string> HostsOf(NpgsqlConnectionStringBuilder builder) => (builder.Host ?? "")
        .Split(',', StringSplitOptions.TrimEntries)
        .Select(host => host.IndexOf(':', StringComparison.Ordinal) is var colon and >= 0
            && colon == host.LastIndexOf(':') ? host[..colon] : host);
}

/// <summary>Gives the token that serves as a login's password while it is valid.</summary>
public interface IDatabaseToken
{
    /// <summary>
    /// A token that is still valid, a new one only when that is near its end. Asked every minute, by two callers at most; it must end in good time, for meanwhile nobody can connect for the first time.
    /// </summary>
    ValueTask<string> GetAsync(CancellationToken cancellationToken);
}
