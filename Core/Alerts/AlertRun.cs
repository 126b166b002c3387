using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using OpsMantik.Core.Database;
using OpsMantik.Core.Status;

namespace OpsMantik.Core.Alerts;

/// <summary>
/// Tells operators what newly needs a person, and what no longer does. A step of its own after a run, never within one: it begins
/// when the run's work is written, ends within its budget, and fails nothing.
/// </summary>
public sealed class AlertRun
{
    private const int MostAtOnce = 20;

    // With the longest upload run it is still less than the ten minutes to the next.
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(20);

    // An operator knows what they were asked to do last. That they isolated a site they know as well: it is noted, and not told.
    private static readonly SiteNeed[] Untold = [SiteNeed.Nothing, SiteNeed.Requeue];

    private readonly AlertStore _store;
    private readonly StatusReader _status;
    private readonly AlertWebhook _webhook;
    private readonly TimeProvider _time;
    private readonly ILogger<AlertRun> _logger;

    internal AlertRun(AlertStore store, StatusReader status, AlertWebhook webhook, TimeProvider time, ILogger<AlertRun> logger) =>
        (_store, _status, _webhook, _time, _logger) = (store, status, webhook, time, logger);

    /// <param name="isLate">Whether a job that last ended then should have ended again by the time that is given, UTC.</param>
    public async Task RunAsync(Func<JobTick, DateTime, bool> isLate, CancellationToken cancellationToken)
    {
        if (!_webhook.IsSet)
            return;
        using var limit = new CancellationTokenSource(Budget, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var report = await _status.ReadAsync(either.Token);
            await _store.NoteAsync([.. Find(report, isLate)], report.TakenAt, either.Token);
            for (var sent = 0; sent < MostAtOnce && await _store.ClaimAsync(either.Token) is { } alert; sent++)
            {
                var name = report.Sites.FirstOrDefault(site => site.SiteId == alert.SiteId)?.SiteName;
                var fault = await SendAsync(alert, name, limit.Token, either.Token);
                // Told is told, also when the app stops meanwhile.
                await _store.SettleAsync(alert, fault, CancellationToken.None);
                // One that is down is not asked twenty times.
                if (fault is not null)
                {
                    _logger.AlertNotTaken(alert.Kind, fault);
                    return;
                }
            }
        }
        catch (Exception exception)
        {
            // Whatever it is: the run before it is done, and is not to fail by this.
            _logger.AlertsNotTold(exception.GetType().Name);
        }
    }

    // Whatever one message meets is its own fault: the others are told all the same.
    private async Task<string?> SendAsync(Alert alert, string? siteName, CancellationToken budget, CancellationToken either)
    {
        try
        {
            return await _webhook.SendAsync(AlertMessage.Of(alert, siteName), either);
        }
        catch (OperationCanceledException) when (budget.IsCancellationRequested)
        {
            return $"nothing within the {Budget.TotalSeconds:0} s of a run";
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return exception.GetType().Name;
        }
    }

    private static IEnumerable<Alert> Find(StatusReport report, Func<JobTick, DateTime, bool> isLate) =>
        report.Sites.Where(site => !Untold.Contains(site.Need))
            .Select(site => new Alert(
                site.SiteId, site.ProviderKey, JsonNamingPolicy.SnakeCaseUpper.ConvertName($"{site.Need}"), site.RowsInNeed, site.Cause?.Code))
            .Concat(report.Ticks.Where(tick => isLate(tick, report.TakenAt))
                .Select(tick => new Alert(Guid.Empty, "", $"{Alert.Late}{tick.Job.ToUpperInvariant()}", 0, null)));
}

/// <summary>Something that needs a person.</summary>
/// <param name="SiteId">All zeros: not of one site.</param>
/// <param name="Kind">As REVOKED or LATE_UPLOAD.</param>
/// <param name="Rows">Of the site's that it is about.</param>
internal sealed record Alert(Guid SiteId, string ProviderKey, string Kind, long Rows, string? Code)
{
    public const string Late = "LATE_";

    public Guid Id { get; init; }

    public Guid Lease { get; init; }

    /// <summary>UTC.</summary>
    public DateTime Since { get; init; }

    /// <summary>UTC; null while it is not.</summary>
    public DateTime? MendedAt { get; init; }
}

/// <summary>The store of <c>operator_alerts</c>.</summary>
public sealed class AlertStore
{
    private static readonly string NoteSql = SqlText.Load("Alerts.Sql.Note");
    private static readonly string ClaimSql = SqlText.Load("Alerts.Sql.Claim");
    private static readonly string SettleSql = SqlText.Load("Alerts.Sql.Settle");
    private static readonly string UndeliveredSql = SqlText.Load("Alerts.Sql.Undelivered");

    private const int SettleSeconds = 5;

    private readonly NpgsqlDataSource _database;

    internal AlertStore(NpgsqlDataSource database) => _database = database;

    /// <summary>What a person should know of the receiver; null while it takes what it is sent.</summary>
    public async Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(UndeliveredSql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var (waiting, lost) = (reader.GetInt64(0), reader.GetInt64(1));
        return waiting + lost == 0 ? null
            : $"{waiting} wait and {lost} were given up since {reader.GetDateTime(2):yyyy-MM-dd HH:mm}Z: the receiver answers {reader.GetString(3)}";
    }

    internal async Task NoteAsync(IReadOnlyList<Alert> alerts, DateTime readAt, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(NoteSql);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. alerts.Select(alert => alert.SiteId)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. alerts.Select(alert => alert.ProviderKey)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. alerts.Select(alert => alert.Kind)] });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. alerts.Select(alert => alert.Rows)] });
        command.Parameters.Add(new NpgsqlParameter<string?[]> { TypedValue = [.. alerts.Select(alert => alert.Code)] });
        command.Parameters.Add(new NpgsqlParameter { Value = readAt, NpgsqlDbType = NpgsqlDbType.TimestampTz });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    internal async Task<Alert?> ClaimAsync(CancellationToken cancellationToken)
    {
        var lease = Guid.NewGuid();
        await using var command = _database.CreateCommand(ClaimSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = lease });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return !await reader.ReadAsync(cancellationToken) ? null
            : new Alert(reader.GetGuid(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4), reader.IsDBNull(5) ? null : reader.GetString(5))
            {
                Id = reader.GetGuid(0),
                Lease = lease,
                Since = reader.GetDateTime(6),
                MendedAt = reader.IsDBNull(7) ? null : reader.GetDateTime(7),
            };
    }

    internal async Task SettleAsync(Alert alert, string? fault, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(SettleSql);
        // The run waits for it, and its budget may be gone.
        command.CommandTimeout = SettleSeconds;
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = alert.Id });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = alert.Lease });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = fault });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
