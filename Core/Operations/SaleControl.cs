using Npgsql;
using NpgsqlTypes;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Database;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;

namespace OpsMantik.Core.Operations;

/// <summary>Cancels a sale or changes its value for an operator, as the dashboard would; every change is audited.</summary>
public sealed class SaleControl
{
    private const int FirstOfJob = 6;

    private static readonly string RowSql = SqlText.Load("Operations.Sql.SaleRow");

    private readonly NpgsqlDataSource _database;
    private readonly ConversionReader _reader;
    private readonly TimeProvider _time;

    internal SaleControl(NpgsqlDataSource database, ConversionReader reader, TimeProvider time) =>
        (_database, _reader, _time) = (database, reader, time);

    /// <summary>What is wrong with a sale's new value; null when it can be told to Google.</summary>
    public static string? FindFault(Money value) => ConversionRules.FindFault(value)?.Message;

    /// <summary>Null when there is no such sale.</summary>
    public async Task<StoredSale?> FindAsync(Guid saleId, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand("select * from find_sale($1)");
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = saleId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new StoredSale(saleId, reader.GetGuid(0), reader.GetString(1), reader.GetInt64(2), reader.GetString(3))
            : null;
    }

    /// <summary>
    /// What <see cref="ChangeAsync"/> would do: it is done and taken back, so that the database's own functions and triggers answer.
    /// </summary>
    public Task<SaleChange?> PreviewAsync(Guid saleId, Money? value, CancellationToken cancellationToken) =>
        RunAsync(saleId, value, "preview", commit: false, cancellationToken);

    /// <summary>One transaction: the sale, what follows from it, and the line in the audit.</summary>
    /// <param name="value">The sale's new value; null to cancel it.</param>
    /// <param name="actor">Who asks, for the audit.</param>
    /// <returns>Null when the sale is not CONFIRMED, or not there: nothing is changed.</returns>
    public Task<SaleChange?> ChangeAsync(Guid saleId, Money? value, string actor, CancellationToken cancellationToken) =>
        RunAsync(saleId, value, actor, commit: true, cancellationToken);

    private async Task<SaleChange?> RunAsync(
        Guid saleId, Money? value, string actor, bool commit, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var before = await ReadRowAsync(connection, saleId, cancellationToken);
        await using var change = connection.CreateCommand();
        change.CommandText = "select change_sale($1, $2, $3, $4)";
        change.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = saleId });
        change.Parameters.Add(new() { Value = (object?)value?.MinorUnits ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Bigint });
        change.Parameters.Add(new() { Value = (object?)value?.Currency.Code ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        change.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor });
        if (await change.ExecuteScalarAsync(cancellationToken) is not "CONFIRMED")
            return null;
        var after = await ReadRowAsync(connection, saleId, cancellationToken);
        // Disposed without this, the transaction is taken back.
        if (commit)
            await transaction.CommitAsync(cancellationToken);
        return new SaleChange(
            Decide(before, after, value is null),
            after?.Status,
            after?.ProviderKey,
            after?.Conversion is { } sent && _time.GetUtcNow() - sent.Time > CorrectionRules.MaxAge,
            after?.Conversion?.Click?.Kind == ClickIdKind.Wbraid);
    }

    private static SaleEffect Decide(Row? before, Row? after, bool isCancellation) => after switch
    {
        null => SaleEffect.NoRow,
        _ when before is { IsFinal: true } => isCancellation ? SaleEffect.ToldAlready : SaleEffect.NeverCountedAgain,
        { Waits: true, Status: "COMPLETED" } or { Waits: true, IsCanceled: true } => SaleEffect.NextRun,
        { Waits: true, Status: "FAILED" } => SaleEffect.AfterRequeue,
        { Waits: true } => SaleEffect.AfterUpload,
        _ when isCancellation => SaleEffect.NotSent,
        { Status: "QUEUED" or "RETRY" } => SaleEffect.SentWithValue,
        { Status: "FAILED" } => SaleEffect.FailedWithValue,
        _ => SaleEffect.GoogleHasIt,
    };

    private async Task<Row?> ReadRowAsync(NpgsqlConnection connection, Guid saleId, CancellationToken cancellationToken)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = RowSql;
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = saleId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        return await reader.ReadAsync(cancellationToken)
            ? new Row(
                reader.GetString(1),
                reader.GetString(2),
                reader.GetBoolean(3),
                reader.GetBoolean(4),
                reader.GetBoolean(5),
                _reader.Read(Claim.ReadJob(reader, FirstOfJob)).Conversion)
            : null;
    }

    /// <param name="IsCanceled">FAILED because the sale was canceled.</param>
    /// <param name="Waits">A correction of it waits.</param>
    /// <param name="IsFinal">Google was told, or may have been, that it counts no more.</param>
    private sealed record Row(
        string ProviderKey, string Status, bool IsCanceled, bool Waits, bool IsFinal, Conversion? Conversion);
}

/// <summary>A sale as the application keeps it.</summary>
/// <param name="Status">DRAFT, CONFIRMED or CANCELED.</param>
/// <param name="AmountCents">In the currency's minor units.</param>
public sealed record StoredSale(Guid Id, Guid SiteId, string Status, long AmountCents, string Currency);

/// <summary>What a change of a sale led to.</summary>
/// <param name="RowStatus">Of its row of the queue after the change; null when it has none.</param>
/// <param name="IsTooOld">Google takes no correction of it any more.</param>
/// <param name="HasWbraid">The Google Ads API takes no correction of it.</param>
public sealed record SaleChange(SaleEffect Effect, string? RowStatus, string? ProviderKey, bool IsTooOld, bool HasWbraid)
{
    /// <summary>A correction waits for a run.</summary>
    public bool IsCorrected => Effect is SaleEffect.NextRun or SaleEffect.AfterUpload or SaleEffect.AfterRequeue;
}

/// <summary>What becomes of a changed sale.</summary>
public enum SaleEffect
{
    /// <summary>It is not in the queue: only the sale changes.</summary>
    NoRow,

    /// <summary>Canceled before it was sent: it never will be.</summary>
    NotSent,

    /// <summary>It waits, and goes with its new value.</summary>
    SentWithValue,

    /// <summary>It failed uncounted, and has its new value for a requeue.</summary>
    FailedWithValue,

    /// <summary>The next upload run sends a correction.</summary>
    NextRun,

    /// <summary>A correction follows when the row is counted.</summary>
    AfterUpload,

    /// <summary>A correction follows when the failed row was requeued and is counted.</summary>
    AfterRequeue,

    /// <summary>Google has this value.</summary>
    GoogleHasIt,

    /// <summary>Google was told, or is being told, that it counts no more.</summary>
    ToldAlready,

    /// <summary>It was retracted, and what is sent of it is not counted.</summary>
    NeverCountedAgain,
}
