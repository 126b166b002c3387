using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;
using OpsMantik.Reliability.Simulation.Workers;

namespace OpsMantik.Reliability.Simulation.Google;

/// <summary>The far side: what it has, and which sites are down. It remembers; how it answers a worker is drawn there.</summary>
internal sealed class SimulatedGoogle(IReadOnlyDictionary<Guid, SimulatedSale> sales)
{
    private readonly Dictionary<Identity, SimulatedConversion> _effects = [];
    private readonly Dictionary<string, SimulatedRequest> _requests = [];
    private readonly Dictionary<Guid, DateTimeOffset> _downUntil = [];

    /// <summary>Effects, each counted once however often it was sent.</summary>
    public IReadOnlyCollection<Identity> Effects => _effects.Keys;

    public SimulatedSale? SaleOf(Conversion conversion) => sales.GetValueOrDefault(conversion.Id);

    public bool IsDown(Guid site, DateTimeOffset now) => _downUntil.TryGetValue(site, out var until) && now < until;

    public void TakeDown(Guid site, DateTimeOffset until) => _downUntil[site] = until;

    public void BringBack() => _downUntil.Clear();

    public bool Has(Guid site, Conversion conversion) => _effects.ContainsKey(IdentityOf(site, conversion));

    public bool Has(SimulatedSale sale) => StateOf(sale) is not null;

    /// <summary>As it stands after its corrections; null when it was never counted.</summary>
    public SimulatedConversion? StateOf(SimulatedSale sale) =>
        _effects.GetValueOrDefault(new Identity(sale.Group.SiteId, sale.OrderId, sale.Click, sale.Time));

    /// <returns>Google's name of why a correction is not taken; null when it is, or is ignored.</returns>
    public string? Correct(Guid site, Correction correction) =>
        _effects.TryGetValue(IdentityOf(site, correction.Conversion), out var conversion)
            ? conversion.Correct(correction)
            : "CONVERSION_NOT_FOUND";

    /// <summary>Processes one conversion: the effect, if there is one, and what to say of it.</summary>
    public UploadOutcome Process(Guid site, Conversion conversion, DateTimeOffset now)
    {
        var nature = SaleOf(conversion)?.Nature;
        if (nature == GoogleDecision.Refused)
            return UploadOutcome.Failed("EXPIRED_EVENT", ErrorCategory.Validation, "too old");
        if (nature == GoogleDecision.Hopeless)
            return UploadOutcome.Retry("INTERNAL_ERROR", ErrorCategory.Transient, "stumbled again");
        if (nature == GoogleDecision.TooRecent && now < SaleOf(conversion)!.Time.AddDays(2).AddMinutes(40))
            return UploadOutcome.Postponed("TOO_RECENT_EVENT", ErrorCategory.Transient, "later", TimeSpan.FromMinutes(30));
        if (_effects.TryAdd(IdentityOf(site, conversion), new SimulatedConversion(SimulatedConversion.ValueOf(conversion.Value))))
            return UploadOutcome.Completed();

        // The rule of the real provider: a taken order id is ours only if nobody else can have taken it.
        return conversion.OrderIdIsSaleId || conversion.MayHaveBeenSent
            ? UploadOutcome.Completed("ALREADY_EXISTS")
            : UploadOutcome.Failed("ORDER_ID_ALREADY_IN_USE", ErrorCategory.Validation, "somebody else's");
    }

    public string Accept(IReadOnlyList<UploadOutcome> outcomes, DateTimeOffset settledAt)
    {
        var request = new SimulatedRequest($"request-{_requests.Count + 1}", outcomes, settledAt);
        _requests[request.Id] = request;
        return request.Id;
    }

    public SimulatedRequest Request(string id) => _requests[id];

    private static Identity IdentityOf(Guid site, Conversion conversion) =>
        new(site, conversion.OrderId, conversion.Click!.Value.Value, conversion.Time);
}

/// <summary>One request under one site's credentials.</summary>
internal sealed record Delivery(SimulatedRun Run, Guid SiteId, IReadOnlyList<Conversion> Conversions);

/// <summary>What the provider knows a conversion by.</summary>
internal readonly record struct Identity(Guid SiteId, string OrderId, string Click, DateTimeOffset Time);

/// <summary>A request that was accepted, what became of its conversions, and when that is known.</summary>
internal sealed record SimulatedRequest(string Id, IReadOnlyList<UploadOutcome> Outcomes, DateTimeOffset SettledAt);
