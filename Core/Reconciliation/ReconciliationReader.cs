using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using OpsMantik.Core.Database;

namespace OpsMantik.Core.Reconciliation;

/// <summary>Reads how sites' counts compare, as the last run stored it. Asks no provider.</summary>
public sealed class ReconciliationReader
{
    private const int TimeoutSeconds = 15;

    private static readonly string StatesSql = SqlText.Load("Reconciliation.Sql.States");

    private readonly NpgsqlDataSource _database;
    private readonly ReconciliationStore _store;

    internal ReconciliationReader(NpgsqlDataSource database, ReconciliationStore store) => (_database, _store) = (database, store);

    /// <summary>Those that need a person first, then by the size of the difference.</summary>
    /// <param name="site">Null for all.</param>
    /// <param name="most">Most sites.</param>
    /// <exception cref="NpgsqlException">The database cannot be read.</exception>
    public async Task<IReadOnlyList<ReconciledSite>> ReadAsync(
        string provider, Guid? site, int most, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(StatesSql);
        command.CommandTimeout = TimeoutSeconds;
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = provider });
        command.Parameters.Add(new() { Value = (object?)site ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = most });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        List<ReconciledSite> sites = [];
        while (await reader.ReadAsync(cancellationToken))
            sites.Add(Read(reader));
        return sites;
    }

    /// <summary>The stored days of the action that the site uploads to now.</summary>
    /// <exception cref="NpgsqlException">The database cannot be read.</exception>
    public Task<IReadOnlyList<ReconciledDay>> ReadDaysAsync(
        string provider, Guid site, DateOnly from, CancellationToken cancellationToken) =>
        _store.ReadDaysAsync(provider, site, null, from, cancellationToken);

    private static ReconciledSite Read(NpgsqlDataReader reader)
    {
        string? TextAt(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
        DateOnly? DayAt(int column) => reader.IsDBNull(column) ? null : reader.GetFieldValue<DateOnly>(column);
        return new ReconciledSite
        {
            SiteId = reader.GetGuid(0),
            ProviderKey = reader.GetString(1),
            AttemptedAt = reader.GetDateTime(2),
            ReconciledAt = reader.IsDBNull(3) ? null : reader.GetDateTime(3),
            FaultCode = TextAt(4),
            FaultMessage = TextAt(5),
            AccountId = TextAt(6),
            TimeZone = TextAt(7),
            ActionId = TextAt(8),
            ActionSince = DayAt(9),
            Comparison = new CountComparison(
                VerdictText.Parse(reader.GetString(10)),
                TextAt(11),
                DayAt(13) ?? default,
                DayAt(14) ?? default,
                reader.GetInt64(15),
                reader.GetInt64(16),
                reader.GetInt64(17)),
            Actions = JsonSerializer.Deserialize(reader.GetString(19), ReconciliationJson.Default.IReadOnlyListToldAction) ?? [],
            Batches = JsonSerializer.Deserialize(reader.GetString(20), ReconciliationJson.Default.IReadOnlyListReconciledBatch) ?? [],
        };
    }
}

/// <summary>How a site's counts compare. Times are UTC, days the account's.</summary>
public sealed record ReconciledSite
{
    public required Guid SiteId { get; init; }

    public required string ProviderKey { get; init; }

    /// <summary>When it was last asked.</summary>
    public required DateTime AttemptedAt { get; init; }

    /// <summary>When the provider last answered: the comparison is of then. Null while it never did.</summary>
    public DateTime? ReconciledAt { get; init; }

    /// <summary>Why the last attempt got no answer; null when it got one.</summary>
    public string? FaultCode { get; init; }

    public string? FaultMessage { get; init; }

    public string? AccountId { get; init; }

    public string? TimeZone { get; init; }

    public string? ActionId { get; init; }

    /// <summary>Since when it uploads to that action; null when it always has.</summary>
    public DateOnly? ActionSince { get; init; }

    public required CountComparison Comparison { get; init; }

    /// <summary>Every action and client that the provider told of, the site's own first.</summary>
    public IReadOnlyList<ToldAction> Actions { get; init; } = [];

    /// <summary>Uploads of which it counted fewer than it took, the largest difference first.</summary>
    public IReadOnlyList<ReconciledBatch> Batches { get; init; } = [];

    /// <summary>What the reason means, and who must act; null where the counts agree.</summary>
    public ErrorMeaning? Cause => Comparison.Verdict switch
    {
        CountVerdict.Fewer => ErrorMeanings.Of(Comparison.Reason, null),
        CountVerdict.NotComparable when FaultCode is not null => ErrorMeanings.Of(FaultCode, null),
        _ => null,
    };
}
