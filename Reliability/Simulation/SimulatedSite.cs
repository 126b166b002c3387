using OpsMantik.Core.Vault;
using OpsMantik.Reliability.Simulation.Google;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Simulation;

/// <summary>A site whose credentials were sealed once for all worlds: sealing is slow, and how is not decided by a seed.</summary>
internal sealed record SimulatedSite(Guid Id, SealedCredential Credential)
{
    private const int Sites = 12;

    public static CredentialVault Vault { get; } =
        new(VaultKeyRing.Parse(Convert.ToBase64String("CANARY-vault-key-of-32-bytes-123"u8), null));

    public static SimulatedSite[] All { get; } =
    [
        .. Enumerable.Range(1, Sites).Select(number => new Guid(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]))
            .Select(id => new SimulatedSite(id, Vault.Seal(SimulatedProvider.CredentialsOf(id)))),
    ];

    public GroupKey Group => new(Id, World.Provider);

    /// <summary>Whether its provider accepts now and decides later.</summary>
    public bool DecidesLater => Id.ToByteArray()[0] % 3 == 0;

    /// <summary>Its credentials, which in a world with faults may be missing, damaged, or of a key the worker lacks.</summary>
    public void Prepare(World world)
    {
        var credential = (world.HasFaults ? world.Random.Next(20) : 20) switch
        {
            0 => null,
            1 => Credential with { Payload = "AAAA" },
            2 => Credential with { KeyFingerprint = "0000000000000000" },
            _ => Credential,
        };
        if (credential is not null)
            world.Store.Credentials[Group] = credential;
    }

    /// <summary>The worker is given the key.</summary>
    public void Mend(World world)
    {
        if (world.Store.Credentials.TryGetValue(Group, out var credential) && credential.Payload == Credential.Payload)
            world.Store.Credentials[Group] = Credential;
    }

    public bool IsSound(World world) => world.Store.Credentials.GetValueOrDefault(Group) == Credential;
}
