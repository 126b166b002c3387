using Npgsql;
using NpgsqlTypes;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Database;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Runs;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Operations;

/// <summary>Previews the request that would be sent next. Claims nothing, sends nothing.</summary>
public sealed class UploadPreviewReader
{
    private const int WaitingSample = 1000;

    private static readonly string Sql = SqlText.Load("Operations.Sql.NextRows");

    private readonly NpgsqlDataSource _database;
    private readonly CredentialVault _vault;
    private readonly ConversionReader _reader;
    private readonly IReadOnlyList<IInspectableProvider> _providers;

    internal UploadPreviewReader(
        NpgsqlDataSource database, CredentialVault vault, ConversionReader reader, IEnumerable<IConversionProvider> providers)
    {
        (_database, _vault, _reader) = (database, vault, reader);
        _providers = [.. providers.OfType<IInspectableProvider>()];
    }

    /// <param name="rowId">Only this row, though it may wait; null for those that are due.</param>
    /// <param name="limit">Most rows; 1 to the provider's own limit.</param>
    /// <returns>Null when there is no such site, or no provider has this key.</returns>
    public async Task<UploadPreview?> ReadAsync(
        Guid siteId, string providerKey, Guid? rowId, int limit, CancellationToken cancellationToken)
    {
        if (_providers.FirstOrDefault(provider => provider.Key == providerKey) is not { } provider)
            return null;
        return await ReadRowsAsync(
            siteId, providerKey, rowId, Math.Clamp(limit, 1, provider.MaxBatchSize), all: rowId is not null, cancellationToken)
            is var (preview, credential, jobs)
            ? await WithRequestAsync(preview, provider, new(siteId, providerKey), credential, jobs, cancellationToken)
            : null;
    }

    /// <summary>What the next waiting rows of a site will ask of its account, due or not; rows that cannot be read are left out.</summary>
    public async Task<WaitingSales> ReadWaitingAsync(Guid siteId, string providerKey, CancellationToken cancellationToken)
    {
        if (await ReadRowsAsync(siteId, providerKey, null, WaitingSample, all: true, cancellationToken) is not var (_, _, jobs))
            return WaitingSales.None;
        var sales = jobs.Select(job => _reader.Read(job).Conversion).OfType<Conversion>().ToList();
        return new WaitingSales(
            sales.Count,
            sales.CountBy(sale => sale.Value.Currency.Code).ToDictionary(),
            sales.Count(sale => sale.Click?.Kind is ClickIdKind.Gbraid or ClickIdKind.Wbraid),
            sales.Count(sale => sale.UserIdentifiers.Count > 0));
    }

    private async Task<(UploadPreview Preview, SealedCredential? Credential, List<ConversionJob> Jobs)?> ReadRowsAsync(
        Guid siteId, string providerKey, Guid? rowId, int limit, bool all, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = providerKey });
        command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = siteId });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        command.Parameters.Add(new NpgsqlParameter<bool> { TypedValue = all });
        command.Parameters.Add(new() { Value = (object?)rowId ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Uuid });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        if (!reader.GetBoolean(0))
            return null;

        var preview = new UploadPreview(
            reader.GetString(1), TimeAt(reader, 2), reader.GetInt64(5), TimeAt(reader, 6), [], [], null, [], null);
        var credential = reader.IsDBNull(3) ? null : new SealedCredential(reader.GetString(3), reader.GetString(4));
        List<ConversionJob> jobs = [];
        if (!reader.IsDBNull(7))
        {
            do
                jobs.Add(Claim.ReadJob(reader, 7));
            while (await reader.ReadAsync(cancellationToken));
        }

        return (preview, credential, jobs);
    }

    private async Task<UploadPreview> WithRequestAsync(
        UploadPreview preview,
        IInspectableProvider provider,
        CredentialRow row,
        SealedCredential? credential,
        List<ConversionJob> jobs,
        CancellationToken cancellationToken)
    {
        var heldBack = new List<KeyValuePair<Guid, UploadOutcome>>();
        var conversions = new List<Conversion>();
        var readings = new List<RowReading>();
        foreach (var job in jobs)
        {
            var (conversion, fault, notes) = _reader.Read(job);
            readings.Add(RowReading.Of(job.Id, conversion, notes));
            if (conversion is null || fault is not null)
                heldBack.Add(KeyValuePair.Create(job.Id, fault!));
            else
                conversions.Add(conversion);
        }

        preview = preview with { RowIds = [.. jobs.Select(job => job.Id)], Readings = readings, HeldBack = heldBack };
        if (credential is null)
            return preview with { Fault = "The site has no active credentials: due rows would fail (CREDENTIALS_MISSING)." };
        using var opening = _vault.Open(row, credential);
        if (!opening.Opened)
        {
            var refused = CredentialOpening.Explain(opening.Fault.Value, credential);
            return preview with { Fault = $"{refused.Code}: {refused.Message}" };
        }

        var (request, refusal) = await provider.PreviewAsync(opening.Credential, conversions, cancellationToken);
        heldBack.AddRange((request?.HeldBack ?? [])
            .Select(held => KeyValuePair.Create(conversions[held.Key].Id, held.Value)));
        return preview with
        {
            Request = heldBack.Count < jobs.Count ? request?.WithShortHashes(conversions) : null,
            Fault = refusal is null ? null : $"The credentials are at fault: {refusal}",
        };
    }

    private static DateTime? TimeAt(NpgsqlDataReader reader, int ordinal) =>
        reader.IsDBNull(ordinal) ? null : reader.GetDateTime(ordinal);
}

/// <summary>What an upload of a site would send next, as of now.</summary>
/// <param name="Circuit">CLOSED, OPEN or HALF_OPEN.</param>
/// <param name="NextProbeAt">When an OPEN circuit lets a probe pass; null when it is not OPEN, or isolated.</param>
/// <param name="Due">Rows that are due.</param>
/// <param name="NextDueAt">When the next of the waiting rows is due; null when none waits.</param>
/// <param name="RowIds">The rows that were looked at, in the order of a batch.</param>
/// <param name="Readings">How those rows are read, in the same order.</param>
/// <param name="Request">Null when nothing would be sent.</param>
/// <param name="HeldBack">The rows that would end without being sent, and how.</param>
/// <param name="Fault">Why nothing could be sent; null when something can.</param>
public sealed record UploadPreview(
    string Circuit,
    DateTime? NextProbeAt,
    long Due,
    DateTime? NextDueAt,
    IReadOnlyList<Guid> RowIds,
    IReadOnlyList<RowReading> Readings,
    RequestPreview? Request,
    IReadOnlyList<KeyValuePair<Guid, UploadOutcome>> HeldBack,
    string? Fault);

/// <summary>How the worker reads a row, for a person.</summary>
/// <param name="Value">The amount as people write it; null when no conversion can be made of the row.</param>
/// <param name="Time">To the second, as it is sent.</param>
/// <param name="Click">Kind and id; null where the row has none.</param>
/// <param name="Identifiers">Hashes that are sent.</param>
/// <param name="Notes">What was changed or left out, in words without the values.</param>
public sealed record RowReading(
    Guid Id, string? Value, DateTime? Time, string? Click, int Identifiers, IReadOnlyList<string> Notes)
{
    internal static RowReading Of(Guid id, Conversion? conversion, IReadOnlyList<string> notes) => new(
        id,
        conversion?.Value.ToString(),
        conversion?.Time.UtcDateTime,
        conversion?.Click is { } click ? $"{click.Kind.ToString().ToLowerInvariant()} {click.Value}" : null,
        conversion?.UserIdentifiers.Count ?? 0,
        notes);
}
