using Npgsql;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Database;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;

namespace OpsMantik.Core.Operations;

/// <summary>Reads what is known of one row; changes nothing.</summary>
public sealed class RowHistoryReader
{
    // A row that waits for weeks has more; the first ones and its own are enough.
    private const int MaxLines = 200;

    private static readonly string RowSql = SqlText.Load("Operations.Sql.Row");
    private static readonly string BatchesSql = SqlText.Load("Operations.Sql.RowBatches");
    private static readonly string RequestSql = SqlText.Load("Operations.Sql.RowRequest");
    private static readonly string CorrectionsSql = SqlText.Load("Operations.Sql.RowCorrections");
    private static readonly string AuditSql = SqlText.Load("Operations.Sql.RowAudit");

    // The columns of the row itself stand before those that the claim reads.
    private const int FirstOfJob = 22;

    private readonly NpgsqlDataSource _database;
    private readonly ConversionReader _reader;
    private readonly Currencies _currencies;

    internal RowHistoryReader(NpgsqlDataSource database, ConversionReader reader, Currencies currencies) =>
        (_database, _reader, _currencies) = (database, reader, currencies);

    /// <param name="id">The row's own id or its sale's.</param>
    /// <returns>Null when there is no such row.</returns>
    public Task<RowHistory?> FindAsync(Guid id, CancellationToken cancellationToken) => FindAsync(id, withAudit: true, cancellationToken);

    /// <param name="id">The row's own id or its sale's.</param>
    /// <param name="withAudit">What people did, too: a worker's role may not read it.</param>
    /// <returns>Null when there is no such row.</returns>
    public async Task<RowHistory?> FindAsync(Guid id, bool withAudit, CancellationToken cancellationToken)
    {
        var rows = await ReadAsync(RowSql, reader => (Row(reader), Reading(reader)), cancellationToken, Id(id));
        if (rows.Count == 0)
            return null;
        var (row, reading) = rows[0];
        var (site, provider, since) = (Id(row.SiteId), Text(row.ProviderKey), Time(row.CreatedAt));
        var requests = row.RequestId is { } request
            ? await ReadAsync(RequestSql, Request, cancellationToken, site, provider, Text(request))
            : [];
        return new RowHistory(
            row with { Click = reading.Click },
            reading,
            await ReadAsync(
                BatchesSql, Batch, cancellationToken,
                site.Clone(), provider.Clone(), since, Text(row.RequestId), Number(MaxLines)),
            requests.FirstOrDefault(),
            await ReadAsync(CorrectionsSql, Correction, cancellationToken, Id(row.Id), Number(MaxLines)),
            !withAudit ? [] : await ReadAsync(AuditSql, Audit, cancellationToken, site.Clone(), since.Clone(), Number(MaxLines), Id(row.SaleId)));
    }

    private static HistoryRow Row(NpgsqlDataReader reader) => new(
        reader.GetGuid(0),
        reader.GetGuid(1),
        reader.GetGuid(2),
        reader.GetString(3),
        reader.GetString(4),
        reader.GetDateTime(5),
        reader.GetDateTime(6),
        reader.GetDateTime(7),
        reader.GetInt64(8),
        reader.GetString(9),
        // As it is read: what stands in the column may be a person's address.
        null,
        reader.GetInt32(10),
        reader.GetInt32(11),
        ValueOrNull<DateTime>(reader, 12),
        ValueOrNull<DateTime>(reader, 13),
        ValueOrNull<DateTime>(reader, 14),
        ValueOrNull<DateTime>(reader, 15),
        Value<string>(reader, 16),
        Value<string>(reader, 17),
        Value<string>(reader, 18),
        Value<string>(reader, 19),
        Value<string>(reader, 20),
        ValueOrNull<int>(reader, 21));

    private RowReading Reading(NpgsqlDataReader reader)
    {
        var job = Claim.ReadJob(reader, FirstOfJob);
        var (conversion, fault, notes) = _reader.Read(job);
        // What became of a row that is over is told by its answer.
        var isWaiting = reader.GetString(4) is "QUEUED" or "RETRY";
        return RowReading.Of(
            job.Id, conversion, isWaiting && fault is { Kind: OutcomeKind.Failed } ? [.. notes, $"will fail: {fault.Message}"] : notes);
    }

    private static HistoryBatch Batch(NpgsqlDataReader reader) => new(
        reader.GetDateTime(0),
        reader.GetString(1),
        ValueOrNull<int>(reader, 2),
        ValueOrNull<int>(reader, 3),
        ValueOrNull<int>(reader, 4),
        ValueOrNull<int>(reader, 5),
        ValueOrNull<int>(reader, 6),
        ValueOrNull<int>(reader, 7),
        Value<string>(reader, 8),
        Value<string>(reader, 9),
        Value<string>(reader, 10),
        reader.GetBoolean(11));

    private static HistoryRequest Request(NpgsqlDataReader reader) => new(
        reader.GetDateTime(0), reader.GetInt32(1), reader.GetDateTime(2), ValueOrNull<DateTime>(reader, 3));

    private HistoryCorrection Correction(NpgsqlDataReader reader)
    {
        var (cents, currency) = (ValueOrNull<long>(reader, 2), Value<string>(reader, 3));
        return new HistoryCorrection(
            reader.GetDateTime(0),
            reader.GetString(1),
            cents is null ? null
                : _currencies.TryFind(currency, out var found) ? $"{new Money(cents.Value, found)}"
                : $"{cents} minor units of {currency}",
            reader.GetString(4),
            reader.GetDateTime(5),
            ValueOrNull<DateTime>(reader, 6),
            Value<string>(reader, 7),
            Value<string>(reader, 8),
            Value<string>(reader, 9));
    }

    private static HistoryAudit Audit(NpgsqlDataReader reader) => new(
        reader.GetDateTime(0),
        reader.GetString(1),
        reader.GetString(2),
        reader.GetBoolean(3),
        reader.GetInt64(4),
        Value<string>(reader, 5),
        Value<string>(reader, 6));

    private static T? Value<T>(NpgsqlDataReader reader, int ordinal)
        where T : class => reader.IsDBNull(ordinal) ? null : reader.GetFieldValue<T>(ordinal);

    private static T? ValueOrNull<T>(NpgsqlDataReader reader, int ordinal)
        where T : struct => reader.IsDBNull(ordinal) ? null : reader.GetFieldValue<T>(ordinal);

    private async Task<List<T>> ReadAsync<T>(
        string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        await using var command = _database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var list = new List<T>();
        while (await reader.ReadAsync(cancellationToken))
            list.Add(read(reader));
        return list;
    }

    private static NpgsqlParameter<Guid> Id(Guid id) => new() { TypedValue = id };

    private static NpgsqlParameter<string?> Text(string? text) => new() { TypedValue = text };

    private static NpgsqlParameter<DateTime> Time(DateTime time) => new() { TypedValue = time };

    private static NpgsqlParameter<int> Number(int number) => new() { TypedValue = number };
}

/// <summary>All that is known of one row of the queue. Times are UTC.</summary>
/// <param name="Reading">What the worker makes of it.</param>
/// <param name="Batches">Of its site since it was queued, oldest first: the ledger names batches and not rows.</param>
/// <param name="Request">The submitted request that it is, or was last, in; null when there was none.</param>
/// <param name="Corrections">What the provider was, or is to be, told since it was sent, oldest first.</param>
/// <param name="Audit">What people did since it was queued, to its site or to all.</param>
public sealed record RowHistory(
    HistoryRow Row,
    RowReading Reading,
    IReadOnlyList<HistoryBatch> Batches,
    HistoryRequest? Request,
    IReadOnlyList<HistoryCorrection> Corrections,
    IReadOnlyList<HistoryAudit> Audit)
{
    private const int ShownOfClick = 6;

    /// <summary>For a page that many may see: a click id is a person's.</summary>
    public RowHistory WithShortClick() => this with
    {
        Row = Row with { Click = Shorten(Row.Click) },
        Reading = Reading with { Click = Shorten(Reading.Click) },
    };

    // Kind and id.
    private static string? Shorten(string? click) =>
        click?.Split(' ', 2) is [var kind, { Length: > ShownOfClick } id] ? $"{kind} {id[..ShownOfClick]}…" : click;
}

/// <summary>A change of the sale after it was sent.</summary>
/// <param name="At">When it changed, as the provider is told.</param>
/// <param name="Kind">RETRACT or RESTATE.</param>
/// <param name="Value">The new amount, as people write it; null for a retraction.</param>
/// <param name="Status">As of a row.</param>
/// <param name="Since">When it came to that.</param>
/// <param name="NextRetryAt">Null when it is due, or over.</param>
/// <param name="Message">As stored; it may quote what a provider said.</param>
public sealed record HistoryCorrection(
    DateTime At,
    string Kind,
    string? Value,
    string Status,
    DateTime Since,
    DateTime? NextRetryAt,
    string? Code,
    string? Category,
    string? Message)
{
    /// <summary>What the code means and who has to act; null without a code.</summary>
    public ErrorMeaning? Meaning => Code is null ? null : ErrorMeanings.Of(Code, Category);
}

/// <summary>The row as it stands.</summary>
/// <param name="Click">Kind and id as the worker reads them; null when it finds none.</param>
/// <param name="Claims">Claims that may have led to a sending.</param>
/// <param name="Attempts">Attempts spent.</param>
/// <param name="ClaimedAt">When the worker that has it claimed it; null when none has.</param>
/// <param name="NextRetryAt">Null when it is due, or over.</param>
/// <param name="Message">As stored; it may quote what a provider said.</param>
/// <param name="Reference">What the provider knows the sale by.</param>
/// <param name="RequestIndex">Its place in a submitted request, from 0.</param>
public sealed record HistoryRow(
    Guid Id,
    Guid SaleId,
    Guid SiteId,
    string ProviderKey,
    string Status,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    DateTime ConversionTime,
    long ValueCents,
    string Currency,
    string? Click,
    int Claims,
    int Attempts,
    DateTime? ClaimedAt,
    DateTime? NextRetryAt,
    DateTime? SubmittedAt,
    DateTime? UploadedAt,
    string? Code,
    string? Category,
    string? Message,
    string? Reference,
    string? RequestId,
    int? RequestIndex)
{
    /// <summary>What a person knows the site by; null when that is its id alone.</summary>
    public string? SiteName { get; init; }

    /// <summary>Null when nothing went wrong with it so far.</summary>
    public ErrorMeaning? Meaning => Code is not null || Category is not null ? ErrorMeanings.Of(Code, Category)
        : Message is not null ? ErrorMeanings.Find(Message)
        : null;
}

/// <summary>A line of the ledger.</summary>
/// <param name="Phase">STARTED when it was claimed, FINISHED when its outcomes were written.</param>
/// <param name="Own">It is about the row's own request for certain.</param>
public sealed record HistoryBatch(
    DateTime At,
    string Phase,
    int? Claimed,
    int? Completed,
    int? Submitted,
    int? Retry,
    int? Failed,
    int? DurationMs,
    string? RequestId,
    string? Code,
    string? Category,
    bool Own);

/// <summary>A request that was accepted first and decided on later.</summary>
/// <param name="Checks">How often the provider was asked about it.</param>
/// <param name="SettledAt">Null while the provider has not decided.</param>
public sealed record HistoryRequest(DateTime SubmittedAt, int Checks, DateTime NextCheckAt, DateTime? SettledAt);

/// <summary>A line of the audit.</summary>
/// <param name="Actor">What the operator calls themselves.</param>
/// <param name="Everywhere">It was done to all sites, and perhaps to this row.</param>
/// <param name="Login">As the database knows them; null in lines of before it stamped them.</param>
/// <param name="Address">Where they came from, as the database sees it; null as well for a Unix socket.</param>
public sealed record HistoryAudit(
    DateTime At, string Actor, string Action, bool Everywhere, long Rows, string? Login, string? Address);
