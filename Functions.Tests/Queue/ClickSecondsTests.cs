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
        Assert.That(Separate([sent, sent]), Is.Empty, "neither may");
    }

    [Test]
    public void None_moves_by_more_than_a_minute()
    {
        Assert.That(Separate([.. Enumerable.Repeat(Sale, 70)]).Values.Order(), Is.EqualTo(Enumerable.Range(1, 60)));
        Assert.That(ClickSeconds.Separate([Sale, Sale], index => index == 1 ? 60 : 0), Is.Empty);
    }

    [Test]
    public void Other_clicks_and_sales_without_one_stay() =>
        Assert.That(
            Separate([Sale, TestConversions.New() with { Time = Sale.Time }, Sale with { Click = null }, Sale with { Click = null }]), Is.Empty);

    private static IReadOnlyDictionary<int, int> Separate(Conversion[] sales) => ClickSeconds.Separate(sales, _ => 0);
}
