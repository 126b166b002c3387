using System.Text.Json;
using System.Text.Json.Serialization;
using Npgsql;
using NpgsqlTypes;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;

namespace OpsMantik.Core.Operations;

/// <summary>Puts the sales of a file into the queue: a check first, then all or nothing in one transaction.</summary>
public sealed class SalesImport
{
    // A statement's worth of JSON: the memory of a file does not grow with it.
    private const int ChunkRows = 5_000;

    // On a database under load.
    private const int CommandTimeoutSeconds = 300;

    private const string JudgeSql = "select line, verdict, sale_id, status from judge_sales($1)";
    private const string EnqueueSql = "select enqueue_sales($1, $2)";

    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private readonly NpgsqlDataSource _database;

    internal SalesImport(NpgsqlDataSource database) => _database = database;

    /// <summary>How each stands, in the order of their lines; nothing is changed.</summary>
    public async Task<IReadOnlyList<CheckedSale>> CheckAsync(
        IReadOnlyList<ImportSale> sales, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        var checks = new List<CheckedSale>(sales.Count);
        await foreach (var chunk in ChunksAsync(sales).WithCancellation(cancellationToken))
        {
            await using var command = Command(connection, JudgeSql, chunk);
            await using var reader = await command.ExecuteReaderAsync(cancellationToken);
            while (await reader.ReadAsync(cancellationToken))
            {
                checks.Add(new CheckedSale(
                    reader.GetInt32(0),
                    Parse(reader.GetString(1)),
                    reader.IsDBNull(2) ? null : reader.GetGuid(2),
                    reader.IsDBNull(3) ? null : reader.GetString(3)));
            }
        }

        return checks;
    }

    /// <summary>
    /// Queues what is not there yet, in one transaction; returns how many rows that were. Leaves lines in the audit: one for a site and some
    /// thousand sales.
    /// </summary>
    /// <param name="actor">Who asks, for the audit.</param>
    /// <param name="progress">Told how many sales are done.</param>
    /// <exception cref="PostgresException">A sale cannot be enqueued; nothing was written.</exception>
    public async Task<long> EnqueueAsync(
        IReadOnlyList<ImportSale> sales, string actor, Action<int>? progress, CancellationToken cancellationToken)
    {
        await using var connection = await _database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (queued, done) = (0L, 0);
        await foreach (var chunk in ChunksAsync(sales).WithCancellation(cancellationToken))
        {
            await using var command = Command(connection, EnqueueSql, chunk);
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor });
            queued += (long)(await command.ExecuteScalarAsync(cancellationToken))!;
            progress?.Invoke(done = Math.Min(done + ChunkRows, sales.Count));
        }

        await transaction.CommitAsync(cancellationToken);
        return queued;
    }

    // The names of judge_sales(), which operators' own scripts may call too.
    private static SaleCheck Parse(string verdict) => verdict switch
    {
        "THERE" => SaleCheck.AlreadyQueued,
        _ => Enum.Parse<SaleCheck>(verdict.Replace("_", "", StringComparison.Ordinal), ignoreCase: true),
    };

    // The next chunk is written while the database works on the last one, and two buffers serve them all: a string for each
    // would take as much memory as the file.
    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> ChunksAsync(IReadOnlyList<ImportSale> sales)
    {
        var (buffer, other) = (new MemoryStream(), new MemoryStream());
        var next = WriteAsync(buffer, 0);
        for (var at = 0; at < sales.Count; at += ChunkRows)
        {
            var chunk = await next;
            next = WriteAsync(other, at + ChunkRows);
            yield return chunk;
            (buffer, other) = (other, buffer);
        }

        Task<ReadOnlyMemory<byte>> WriteAsync(MemoryStream to, int from) => Task.Run<ReadOnlyMemory<byte>>(() =>
        {
            to.SetLength(0);
            JsonSerializer.Serialize(to, sales.Skip(from).Take(ChunkRows), Form);
            return to.GetBuffer().AsMemory(0, (int)to.Length);
        });
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, ReadOnlyMemory<byte> sales)
    {
        var command = new NpgsqlCommand(sql, connection);
        command.CommandTimeout = CommandTimeoutSeconds;
        command.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>>
        {
            TypedValue = sales,
            NpgsqlDbType = NpgsqlDbType.Jsonb,
        });
        return command;
    }
}

/// <summary>A confirmed sale of a file, to be put into the queue.</summary>
public sealed record ImportSale
{
    /// <summary>Line of the file, the header being line 1.</summary>
    public required int Line { get; init; }

    public required Guid SiteId { get; init; }

    /// <summary>The application's own number of the sale, unique within its site.</summary>
    public required string ExternalRef { get; init; }

    /// <summary><c>gclid</c>, <c>gbraid</c> or <c>wbraid</c>; null together with <see cref="ClickId"/>.</summary>
    public required string? ClickKind { get; init; }

    public required string? ClickId { get; init; }

    public required DateTimeOffset OccurredAt { get; init; }

    /// <summary>Minor units of <see cref="Currency"/>, zero or more.</summary>
    public required long AmountCents { get; init; }

    /// <summary>ISO 4217.</summary>
    public required string Currency { get; init; }

    /// <summary>Hashes; null where the file has none.</summary>
    public ImportIdentifiers? UserIdentifiers { get; init; }

    /// <summary>What else the row says; null where the file says nothing.</summary>
    public ImportPayload? Payload { get; init; }

    /// <summary>Why the worker could never send it, by the worker's own rules; null when it could.</summary>
    /// <param name="value">Its amount.</param>
    public string? FindFault(Money value) => ConversionRules.FindFault(new Conversion
    {
        Id = Guid.Empty,
        OrderId = "sale id",
        OrderIdIsSaleId = true,
        MayHaveBeenSent = false,
        Click = ClickId is null ? null : new ClickId(Enum.Parse<ClickIdKind>(ClickKind!, ignoreCase: true), ClickId),
        Time = OccurredAt,
        Value = value,
        UserIdentifiers = UserIdentifiers?.All ?? [],
    })?.Message;
}

/// <summary>Hashes of the customer's e-mail address and telephone number, as the queue's <c>user_identifiers</c> keeps them.</summary>
public sealed record ImportIdentifiers(string? HashedEmail, string? HashedPhoneNumber)
{
    [JsonIgnore]
    public bool IsEmpty => All.Count == 0;

    [JsonIgnore]
    internal IReadOnlyList<UserIdentifier> All =>
    [
        .. HashedEmail is null ? [] : new[] { new UserIdentifier(UserIdentifierKind.Email, HashedEmail) },
        .. HashedPhoneNumber is null ? [] : new[] { new UserIdentifier(UserIdentifierKind.Phone, HashedPhoneNumber) },
    ];
}

/// <summary>What the queue's <c>payload</c> says of a sale of a file.</summary>
public sealed record ImportPayload(ImportConsent Consent);

/// <summary>GRANTED, DENIED, or null where the file does not say.</summary>
public sealed record ImportConsent(string? AdUserData, string? AdPersonalization);

/// <summary>How a sale of the file stands in the database.</summary>
/// <param name="Line">Its line in the file.</param>
/// <param name="SaleId">Null when there is no such sale yet.</param>
/// <param name="Status">Of its queue row, else of the sale; null when there is none.</param>
public sealed record CheckedSale(int Line, SaleCheck Result, Guid? SaleId, string? Status)
{
    /// <summary>What is wrong, and what to do; null when the sale can be enqueued, or is there already.</summary>
    public string? Fault => Result switch
    {
        SaleCheck.UnknownSite => "there is no site with this site_id",
        SaleCheck.Draft => "this sale is a DRAFT of the dashboard: confirm it there",
        SaleCheck.Canceled => "this sale was canceled in the dashboard",
        SaleCheck.Differs =>
            $"sale {SaleId} has this external_ref already, with another time, amount, currency or click",
        _ => null,
    };
}

/// <summary>The results of <c>judge_sales()</c>.</summary>
public enum SaleCheck
{
    /// <summary>To be written and queued.</summary>
    New,

    /// <summary>Confirmed, but not in the queue: to be queued.</summary>
    Unqueued,

    /// <summary>Already in the queue: left as it is.</summary>
    AlreadyQueued,

    UnknownSite,
    Draft,
    Canceled,

    /// <summary>The same reference on another sale.</summary>
    Differs,
}
