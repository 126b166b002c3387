using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Core.Vault;

namespace OpsMantik.Core.Operations;

/// <summary>
/// Seals everything anew with the current vault key. Workers may run meanwhile, if they know both keys; a pass that was
/// killed is simply run again.
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
        var (resealed, current, changed) = (0L, 0L, 0L);
        var (unknown, unreadable) = (new List<Guid>(), new List<Guid>());
        var batch = new List<(StoredCredential Old, SealedCredential New)>(BatchSize);
        await foreach (var credential in _inventory.ListAsync(null, cancellationToken))
        {
            if (credential.Sealed.KeyFingerprint == _keys.Current.Fingerprint)
                current++;
            else if (_vault.Reseal(credential.Sealed, out var fault) is { } anew)
                batch.Add((credential, anew));
            else
                (fault == VaultFault.UnknownKey ? unknown : unreadable).Add(credential.SiteId);
            if (batch.Count == BatchSize)
                await WriteBatchAsync();
        }

        await WriteBatchAsync();
        return new RotationResult(resealed, current, changed, unknown, unreadable);

        async Task WriteBatchAsync()
        {
            if (batch.Count == 0)
                return;
            var written = await WriteAsync(batch, actor, cancellationToken);
            (resealed, changed) = (resealed + written, changed + batch.Count - written);
            batch.Clear();
            progress?.Report(resealed);
        }
    }

    private async Task<long> WriteAsync(
        List<(StoredCredential Old, SealedCredential New)> batch, string actor, CancellationToken cancellationToken)
    {
        await using var command = _database.CreateCommand(Sql);
        command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. batch.Select(pair => pair.Old.SiteId)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. batch.Select(pair => pair.Old.ProviderKey)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. batch.Select(pair => pair.Old.Sealed.Payload)] });
        command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. batch.Select(pair => pair.New.Payload)] });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = _keys.Current.Fingerprint });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor });
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }
}

/// <summary>What a rotation did; a later one finds only what is left.</summary>
/// <param name="Resealed">Sealed by the current key now.</param>
/// <param name="Current">Were so before.</param>
/// <param name="Changed">Replaced by newer ones during the rotation; those stay.</param>
/// <param name="UnknownKey">Sealed by a key that is not among the given ones.</param>
/// <param name="Unreadable">Damaged: no key opens them.</param>
public sealed record RotationResult(
    long Resealed, long Current, long Changed, IReadOnlyList<Guid> UnknownKey, IReadOnlyList<Guid> Unreadable);
