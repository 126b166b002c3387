using System.Data.Common;
using System.Net.Sockets;
using Npgsql;

namespace OpsMantik.Core.Database;

/// <summary>Tells a database that is away from one that objects.</summary>
public static class DatabaseErrors
{
    /// <summary>True when the database is down, unreachable, out of connections or shutting down.</summary>
    public static bool IsUnavailable(Exception exception) => exception switch
    {
        // Classes 08 (connection), 53 (resources) and 57P (operator intervention), and a refused login (28).
        PostgresException postgres =>
            postgres.SqlState.StartsWith("08", StringComparison.Ordinal)
            || postgres.SqlState.StartsWith("53", StringComparison.Ordinal)
            || postgres.SqlState.StartsWith("57P", StringComparison.Ordinal)
            || postgres.SqlState.StartsWith("28", StringComparison.Ordinal)
            || postgres.SqlState == PostgresErrorCodes.InvalidCatalogName,
        NpgsqlException or SocketException or TimeoutException => true,
        _ => exception.InnerException is { } inner && IsUnavailable(inner),
    };

    /// <summary>
    /// True when the same statement may succeed a moment later. The driver does not count a time-out of the server's own
    /// (57014), nor a server that takes no writes while another takes over from it (25006).
    /// </summary>
    public static bool IsPassing(DbException exception) => exception.IsTransient
        || exception.SqlState is PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.ReadOnlySqlTransaction;

    /// <summary>True when the login lacks a right.</summary>
    public static bool IsForbidden(DbException exception) => exception.SqlState == PostgresErrorCodes.InsufficientPrivilege;

    /// <summary>
    /// True when the database refuses what it was told to write, and would again: a value (class 22), a constraint (23), a
    /// trigger (P0001), or a row that is damaged (XX001).
    /// </summary>
    public static bool IsRefusal(DbException exception) => exception.SqlState is { } state
        && (state.StartsWith("22", StringComparison.Ordinal)
            || state.StartsWith("23", StringComparison.Ordinal)
            || state is PostgresErrorCodes.RaiseException or PostgresErrorCodes.DataCorrupted);

    /// <summary>Why the database is away, in one line; neither the server nor the driver quotes a password.</summary>
    public static string Reason(Exception exception) =>
        DatabaseSignIn.FindCure(exception) is { } cure ? $"{Describe(exception)}: {cure}" : Describe(exception);

    private static string Describe(Exception exception) => exception switch
    {
        PostgresException refused => $"{refused.MessageText} ({refused.SqlState})",
        // The driver says that it could not connect; why is in the exception below.
        { InnerException: { } inner } when inner.Message != exception.Message => $"{exception.Message}: {Describe(inner)}",
        _ => exception.Message,
    };
}
