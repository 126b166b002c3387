using System.Data.Common;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Core.Providers.DataManager;

namespace OpsMantik.Core.Limits;

/// <summary>The leases of <c>provider_request_limits</c>: one round trip each, no transaction, the database's clock.</summary>
internal sealed class RequestLeases(NpgsqlDataSource database, ILogger<RequestLeases> logger) : IRequestLeases
{
    // It changes one line that nobody holds for longer than that takes.
    private const int TimeoutSeconds = 5;

    private static readonly string LeaseSql = SqlText.Load("Limits.Sql.LeaseRequests");

    public async Task<RequestLease?> TakeAsync(
        string project, RequestKind kind, RequestLimits limits, int wanted, UnsentRequests unsent, CancellationToken cancellationToken)
    {
        try
        {
            await using var command = database.CreateCommand(LeaseSql);
            command.CommandTimeout = TimeoutSeconds;
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = project });
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = kind.ToString().ToLowerInvariant() });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limits.PerMinute });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limits.PerDay });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = wanted });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = unsent.Count });
            command.Parameters.Add(new NpgsqlParameter<DateOnly> { TypedValue = unsent.Day });
            command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = DateTime.SpecifyKind(unsent.Minute, DateTimeKind.Utc) });
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            await reader.ReadAsync(cancellationToken);
            return new RequestLease(
                reader.GetInt32(0),
                reader.GetTimeSpan(1),
                reader.GetFieldValue<DateOnly>(2),
                reader.IsDBNull(3) ? null : reader.GetTimeSpan(3),
                reader.GetDateTime(4));
        }
        // A name that is not found, as while a server fails over, comes as the socket's own exception.
        catch (Exception exception) when (exception is not OperationCanceledException && (exception is DbException || DatabaseErrors.IsUnavailable(exception)))
        {
            logger.LimitsUnknown(project, (exception as DbException)?.SqlState ?? exception.GetType().Name);
            return null;
        }
    }
}
