using Microsoft.Extensions.Time.Testing;
using OpsMantik.Core.Sites;

namespace OpsMantik.Functions.Tests.Sites;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public class SiteLabelsTests
{
    private static readonly Guid Cafe = Guid.Parse("aaaaaaaa-1111-4111-8111-111111111111");
    private static readonly Guid Garage = Guid.Parse("bbbbbbbb-1111-4111-8111-111111111111");

    private readonly FakeTimeProvider _time = new();
    private readonly List<Guid[]> _reads = [];

    [Test]
    public async Task Names_are_read_once_a_minute_whatever_is_claimed_and_kept()
    {
        var labels = new SiteLabels(ReadAsync, _time);

        await labels.ReadAsync([]);
        await labels.ReadAsync([Cafe]);
        await labels.ReadAsync([Garage]);
        var early = (labels.Of(Cafe), labels.Of(Garage));
        _time.Advance(TimeSpan.FromMinutes(1));
        await labels.ReadAsync([Garage]);

        Assert.That(early, Is.EqualTo(("Cafe\\u000ANord (aaaaaaaa)", $"{Garage}")));
        Assert.That((labels.Of(Cafe), labels.Of(Garage)), Is.EqualTo(("Cafe\\u000ANord (aaaaaaaa)", $"{Garage}")), "a garage without a name");
        Assert.That(_reads, Is.EqualTo(new[] { new[] { Cafe }, [Garage] }));
    }

    [Test]
    public async Task A_database_that_fails_costs_the_names_alone()
    {
        var labels = new SiteLabels((_, _) => throw new InvalidOperationException("gone"), _time);

        await labels.ReadAsync([Cafe]);

        Assert.That(labels.Of(Cafe), Is.EqualTo($"{Cafe}"));
    }

    [Test]
    public async Task A_database_that_never_answers_is_waited_for_two_seconds()
    {
        var labels = new SiteLabels((_, _) => new TaskCompletionSource<SiteNames>().Task, _time);

        var read = labels.ReadAsync([Cafe]);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.That(read.IsCompleted, Is.False);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        await read;

        Assert.That(labels.Of(Cafe), Is.EqualTo($"{Cafe}"));
    }

    private Task<SiteNames> ReadAsync(IEnumerable<Guid> sites, CancellationToken cancellationToken)
    {
        _reads.Add([.. sites]);
        return Task.FromResult(new SiteNames(sites, [new SiteName(Cafe, "Cafe\nNord", null)]));
    }
}
