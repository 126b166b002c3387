using OpsMantik.Core.Conversions;
using OpsMantik.Core.Queue;
using OpsMantik.Functions.Tests.Providers;

namespace OpsMantik.Functions.Tests.Queue;

public class ClickSecondsTests
{
    private static readonly Conversion Sale = TestConversions.New();

    [Test]
    public void Sales_of_one_second_move_to_the_next_free_ones()
    {
        Conversion[] sales = [Sale, Sale with { Time = Sale.Time.AddSeconds(1) }, Sale, Sale with { Time = Sale.Time.AddMilliseconds(500) }];

        Assert.That(Separate(sales), Is.EqualTo(new Dictionary<int, int> { [2] = 2, [3] = 3 }));
    }

    [Test]
    public void A_second_under_which_google_may_know_a_sale_stays_its_own()
    {
        var sent = Sale with { MayHaveBeenSent = true };

        Assert.That(Separate([Sale, sent]), Is.EqualTo(new Dictionary<int, int> { [0] = 1 }), "the other one moves");
    }

    /// <summary>Its worker died between the claim and the keeping of the later second, or sent one alone.</summary>
    [TestCase(2, 2, 1)]
    [TestCase(3, 2, 1)]
    [TestCase(2, 3, 0)]
    public void Of_two_that_may_have_been_sent_the_one_with_fewer_claims_moves(int first, int second, int moves)
    {
        var sent = Sale with { MayHaveBeenSent = true };
        int?[] claims = [first, second];

        Assert.That(
            ClickSeconds.Separate([sent, sent], _ => 0, index => claims[index]), Is.EqualTo(new Dictionary<int, int> { [moves] = 1 }));
        Assert.That(
            Separate([sent, sent, sent]), Is.EqualTo(new Dictionary<int, int> { [1] = 1, [2] = 2 }), "each to a second of its own");
    }

    [TestCase(0)]
    [TestCase(1)]
    public void Where_another_system_may_have_sent_one_of_them_both_stay(int others)
    {
        var sent = Sale with { MayHaveBeenSent = true };

        Assert.That(ClickSeconds.Separate([sent, sent], _ => 0, index => index == others ? null : 2), Is.Empty);
    }

    [Test]
    public void None_moves_by_more_than_a_minute()
    {
        Assert.That(Separate([.. Enumerable.Repeat(Sale, 70)]).Values.Order(), Is.EqualTo(Enumerable.Range(1, 60)));
        Assert.That(ClickSeconds.Separate([Sale, Sale], index => index == 1 ? 60 : 0, _ => 1), Is.Empty);
    }

    [Test]
    public void Other_clicks_and_sales_without_one_stay() =>
        Assert.That(
            Separate([Sale, TestConversions.New() with { Time = Sale.Time }, Sale with { Click = null }, Sale with { Click = null }]), Is.Empty);

    private static IReadOnlyDictionary<int, int> Separate(Conversion[] sales) => ClickSeconds.Separate(sales, _ => 0, _ => 2);
}
