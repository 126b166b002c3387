using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Operations;

/// <summary>
/// Seals everything anew with the current vault key, and for its row what says nothing of it yet. Workers may run meanwhile, if
/// they know both keys; a pass that was killed is simply run again.
/// </summary>
public sealed class KeyRotation
{
    // Small enough that a kill costs little work, and that no row is locked for long.
    private const int BatchSize = 100;

    private static readonly string Sql = SqlText.Load("Operations.Sql.Reseal");

    private readonly NpgsqlDataSource _database;
    private readonly CredentialInventory _inventory;
    private readonly CredentialVault _vault;
    private readonly VaultKeyRing _keys;

    internal KeyRotation(
        NpgsqlDataSource database, CredentialInventory inventory, CredentialVault vault, VaultKeyRing keys) =>
        (_database, _inventory, _vault, _keys) = (database, inventory, vault, keys);

    /// <param name="actor">Who rotates, for the audit.</param>
    /// <param name="progress">How many are sealed anew so far.</param>
    public async Task<RotationResult> RunAsync(
        string actor, IProgress<long>? progress, CancellationToken cancellationToken)
    {
        var (resealed, bound, current, changed) = (0L, 0L, 0L, 0L);
        var (unknown, unreadable, foreign) = (new List<Guid>(), new List<Guid>(), new List<Guid>());
        var batch = new List<Resealed>(BatchSize);
        await foreach (var credential in _inventory.ListAsync(null, cancellationToken))
        {
            if (_vault.Reseal(credential.Row, credential.Sealed, out var wasUnbound, out var fault) is { } anew)
                batch.Add(new Resealed(credential, anew, wasUnbound));
            else if (fault is null)
                current++;
            else
                (fault switch { VaultFault.UnknownKey => unknown, VaultFault.Unreadable => unreadable, _ => foreign }).Add(credential.SiteId);
            if (batch.Count == BatchSize)
                await WriteBatchAsync();
        }

        await WriteBatchAsync();
        return new RotationResult(resealed, bound, current, changed, unknown, unreadable, foreign);

        async Task WriteBatchAsync()
        {
            if (batch.Count == 0)
                return;
            var (written, ofThemBound) = await WriteAsync(batch, actor, cancellationToken);
            (resealed, bound, changed) = (resealed + written, bound + ofThemBound, changed + batch.Count - written);
            batch.Clear();
            progress?.Report(resealed);
        }
    }

    private async Task<(long Written, long Bound)> WriteAsync(
        List<Resealed> batch, string actor, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. batch.Select(pair => pair.Old.SiteId)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. batch.Select(pair => pair.Old.ProviderKey)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. batch.Select(pair => pair.Old.Sealed.Payload)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. batch.Select(pair => pair.New.Payload)] });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _keys.Current.Fingerprint });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor });
        command.Parameters.Add(new NpgsqlParameter<bool[]> { TypedValue = [.. batch.Select(pair => pair.WasUnbound)] });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt64(0), reader.GetInt64(1));
    }

    private sealed record Resealed(StoredCredential Old, SealedCredential New, bool WasUnbound);
}

/// <summary>What a rotation did; a later one finds only what is left.</summary>
/// <param name="Resealed">Sealed anew: by the current key now, and for its site and provider.</param>
/// <param name="Bound">Those of them that said nothing of their site before, as the dashboard seals.</param>
/// <param name="Current">Were so before.</param>
/// <param name="Changed">Replaced by newer ones during the rotation; those stay.</param>
/// <param name="UnknownKey">Sealed by a key that is not among the given ones.</param>
/// <param name="Unreadable">Damaged: no key opens them.</param>
/// <param name="NotOfThisSite">Sealed for another site or provider and copied onto these; they stay as they are.</param>
public sealed record RotationResult(
    long Resealed,
    long Bound,
    long Current,
    long Changed,
    IReadOnlyList<Guid> UnknownKey,
    IReadOnlyList<Guid> Unreadable,
    IReadOnlyList<Guid> NotOfThisSite);
