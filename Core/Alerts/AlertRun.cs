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
    private const int MostMessages = 20;
    private const int MostOneByOne = 10;

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

    /// <param name="findLate">The jobs that are late, or will be, at the time that is given, UTC, if each last ended then.</param>
    public async Task RunAsync(Func<IReadOnlyList<JobTick>, DateTime, IEnumerable<LateJob>> findLate, CancellationToken cancellationToken)
    {
        if (!_webhook.IsSet)
            return;
        using var limit = new CancellationTokenSource(Budget, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var report = await _status.ReadAsync(either.Token);
            await _store.NoteAsync([.. Find(report, findLate)], report.TakenAt, either.Token);
            var names = new Lazy<Dictionary<Guid, string>>(() => report.Sites.Where(site => site.SiteName is not null)
                .DistinctBy(site => site.SiteId).ToDictionary(site => site.SiteId, site => site.SiteName!));
            for (var sent = 0; sent < MostMessages; sent++)
            {
                var alerts = await _store.ClaimAsync(MostOneByOne, either.Token);
                if (alerts.Count == 0)
                    return;
                var refusal = await SendAsync(alerts, names, limit.Token, either.Token);
                // Told is told, also when the app stops meanwhile.
                await _store.SettleAsync(alerts, refusal, CancellationToken.None);
                // One that is down is not asked twenty times.
                if (refusal is not null)
                {
                    _logger.AlertNotTaken(alerts[0].Kind, refusal.Reason);
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
    private async Task<AlertRefusal?> SendAsync(
        IReadOnlyList<Alert> alerts, Lazy<Dictionary<Guid, string>> names, CancellationToken budget, CancellationToken either)
    {
        try
        {
            return await _webhook.SendAsync(AlertMessage.Of(alerts, site => names.Value.GetValueOrDefault(site)), either);
        }
        catch (OperationCanceledException) when (budget.IsCancellationRequested)
        {
            return new AlertRefusal($"nothing within the {Budget.TotalSeconds:0} s of a run");
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            return new AlertRefusal(exception.GetType().Name);
        }
    }

    private static IEnumerable<Alert> Find(StatusReport report, Func<IReadOnlyList<JobTick>, DateTime, IEnumerable<LateJob>> findLate) =>
        report.Sites.Where(site => !Untold.Contains(site.Need))
            .Select(site => new Alert(
                site.SiteId, site.ProviderKey, JsonNamingPolicy.SnakeCaseUpper.ConvertName($"{site.Need}"), site.RowsInNeed, site.Cause?.Code)
            {
                DueAt = report.TakenAt,
            })
            .Concat(findLate(report.Ticks, report.TakenAt)
                .Select(late => new Alert(Guid.Empty, "", $"{Alert.Late}{late.Job.ToUpperInvariant()}", 0, null) { DueAt = late.At }));
}

/// <param name="At">UTC: from when on. One that has not run yet may be late later, and is told then if it has not run by that time.</param>
public sealed record LateJob(string Job, DateTime At);

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

    /// <summary>UTC; when it is to be told, if it stands then.</summary>
    public DateTime DueAt { get; init; }

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
        command.Parameters.Add(new NpgsqlParameter
        {
            Value = alerts.Select(alert => alert.DueAt).ToArray(),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz,
        });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <returns>What one message is to tell; empty when nothing is due.</returns>
    internal async Task<IReadOnlyList<Alert>> ClaimAsync(int mostOneByOne, CancellationToken cancellationToken)
    {
        var lease = Guid.NewGuid();
        await using var command = _database.CreateCommand(ClaimSql);
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = lease });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = mostOneByOne });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<Alert> alerts = [];
        while (await reader.ReadAsync(cancellationToken))
        {
            alerts.Add(
                new Alert(reader.GetGuid(1), reader.GetString(2), reader.GetString(3), reader.GetInt64(4), reader.IsDBNull(5) ? null : reader.GetString(5))
                {
                    Id = reader.GetGuid(0),
                    Lease = lease,
                    Since = reader.GetDateTime(6),
                    MendedAt = reader.IsDBNull(7) ? null : reader.GetDateTime(7),
                });
        }

        return alerts;
    }

    /// <param name="alerts">Of one lease.</param>
    internal async Task SettleAsync(IReadOnlyList<Alert> alerts, AlertRefusal? refusal, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(SettleSql);
        // The run waits for it, and its budget may be gone.
        command.CommandTimeout = SettleSeconds;
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. alerts.Select(alert => alert.Id)] });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = alerts[0].Lease });
        command.Parameters.Add(new NpgsqlParameter<string?> { TypedValue = refusal?.Reason });
        command.Parameters.Add(new NpgsqlParameter<TimeSpan?> { TypedValue = refusal?.RetryAfter });
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
