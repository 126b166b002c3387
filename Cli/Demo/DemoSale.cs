using OpsMantik.Cli.Sales;

namespace OpsMantik.Cli.Demo;

/// <summary>A sample sale under the ids of this run.</summary>
internal sealed record DemoSale(Guid Id, DemoSite Site, Guid ConversationId, SampleSale Sample)
{
    public static IReadOnlyList<DemoSale> From(IReadOnlyList<SampleSale> samples, IReadOnlyList<DemoSite> sites)
    {
        var siteOf = sites.ToDictionary(site => site.Name);
        var conversationOf = samples.Select(sale => sale.Conversation)
            .Distinct()
            .ToDictionary(name => name, _ => Guid.NewGuid());
        return
        [
            .. samples.Select(sample => new DemoSale(
                Guid.NewGuid(), siteOf[sample.Site], conversationOf[sample.Conversation], sample)),
        ];
    }
}
