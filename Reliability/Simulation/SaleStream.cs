using OpsMantik.Core.Vault;
using OpsMantik.Reliability.Simulation.Google;
using OpsMantik.Reliability.Simulation.Store;

namespace OpsMantik.Reliability.Simulation;

/// <summary>The sales of a world: some are queued when it begins, some come later.</summary>
internal sealed class SaleStream
{
    private readonly World _world;
    private readonly Queue<DateTimeOffset> _coming;
    private readonly Guid[] _sites;

    public SaleStream(World world, TimeSpan during)
    {
        _world = world;
        _sites = [.. world.Sites.Keys];
        var count = world.Random.Next(1, 30);
        _coming = new Queue<DateTimeOffset>(Enumerable.Range(0, count)
            .Select(_ => world.Now + (world.Random.Next(2) == 0 ? TimeSpan.Zero : during * world.Random.NextDouble()))
            .Order());
    }

    public DateTimeOffset? Next => _coming.TryPeek(out var at) ? at : null;

    public void Arrive()
    {
        while (Next <= _world.Now)
        {
            _coming.Dequeue();
            Enqueue(_world.Sales.Count + 1);
        }
    }

    private void Enqueue(int number)
    {
        var random = _world.Random;
        var id = new Guid(number, 1, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
        var saleId = new Guid(number, 2, 0, [0, 0, 0, 0, 0, 0, 0, 0]);
        var nature = random.Next(10) switch
        {
            0 => GoogleDecision.Refused,
            1 => GoogleDecision.Unreadable,
            2 => GoogleDecision.TooRecent,
            3 when random.Next(4) == 0 => GoogleDecision.Hopeless,
            _ => GoogleDecision.Sound,
        };
        var ownOrderId = random.Next(4) == 0;
        var sale = new SimulatedSale(
            number, id, new GroupKey(_sites[random.Next(_sites.Length)], World.Provider),
            ownOrderId ? $"order-{number}" : saleId.ToString(), $"click-{number}", _world.Now.AddDays(-2), nature);
        _world.Enqueue(sale, new QueueRow
        {
            Id = id,
            Group = sale.Group,
            SaleId = saleId,
            Gclid = sale.Click,
            ConversionTime = sale.Time,
            CreatedAt = _world.Now.AddSeconds(number),
            Payload = nature == GoogleDecision.Unreadable ? "[]" : ownOrderId ? $$"""{"order_id":"{{sale.OrderId}}"}""" : "{}",
        });
    }
}

/// <summary>A site whose credentials were sealed once for all worlds: sealing is slow, and how is not decided by a seed.</summary>
internal sealed record SimulatedSite(Guid Id, SealedCredential Credential)
{
    private const int Sites = 12;

    public static CredentialVault Vault { get; } =
        new(VaultKeyRing.Parse(Convert.ToBase64String("CANARY-vault-key-of-32-bytes-123"u8), null));

    public static SimulatedSite[] All { get; } =
    [
        .. Enumerable.Range(1, Sites).Select(number => new Guid(number, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]))
            .Select(id => new SimulatedSite(id, Vault.Seal(new(id, World.Provider), SimulatedProvider.CredentialsOf(id)))),
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
