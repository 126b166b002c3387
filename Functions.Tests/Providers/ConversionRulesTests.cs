using OpsMantik.Core.Conversions;
using OpsMantik.Core.Providers;

namespace OpsMantik.Functions.Tests.Providers;

public class ConversionRulesTests
{
    // The same in every run: the cases are named by it.
    private static readonly Conversion Good =
        TestConversions.New() with { Id = Guid.Empty, OrderId = "order-1", Click = new ClickId(ClickIdKind.Gclid, "gclid-1") };

    private static IEnumerable<TestCaseData> BadRows()
    {
        yield return Case("MISSING_CLICK_ID", Good with { Click = null });
        foreach (var id in new[] { "", " ", "a b", "a\nb", new string('x', 513) })
        {
            yield return Case("INVALID_CLICK_ID", Good with { Click = new ClickId(ClickIdKind.Wbraid, id) });
        }

        foreach (var id in new[] { "", "  ", "a\u0000b", "a\nb", new string('x', 65) })
        {
            yield return Case("INVALID_ORDER_ID", Good with { OrderId = id });
        }

        yield return Case("INVALID_VALUE", Good with { Value = TestConversions.Money(-1) });
        yield return Case("INVALID_CONVERSION_TIME", Good with { Time = DateTimeOffset.UnixEpoch.AddTicks(-1) });
        yield return Case("INVALID_CONVERSION_TIME", Good with { Time = new(2101, 1, 1, 0, 0, 0, TimeSpan.Zero) });
    }

    [TestCaseSource(nameof(BadRows))]
    public void A_row_that_cannot_be_sent_fails_unspent_with_a_code_of_ours(string code, Conversion conversion)
    {
        var fault = ConversionRules.FindFault(conversion);

        Assert.That(fault?.Code, Is.EqualTo(code));
        Assert.That(fault!.Kind, Is.EqualTo(OutcomeKind.Failed));
        Assert.That(fault.Category, Is.EqualTo(ErrorCategory.Validation));
        Assert.That(fault.SpendsAttempt, Is.False);
        Assert.That(fault.MayHaveBeenSent, Is.False);
    }

    [Test]
    public void The_bounds_themselves_are_allowed()
    {
        Conversion[] edges =
        [
            Good,
            Good with { Value = TestConversions.Money(0) },
            Good with { Value = TestConversions.Money(long.MaxValue) },
            Good with { Click = new ClickId(ClickIdKind.Gbraid, new string('x', 512)) },
            Good with { OrderId = new string('x', 64) },
            Good with { Time = DateTimeOffset.UnixEpoch },
            Good with { Time = new(2100, 12, 31, 23, 59, 59, TimeSpan.Zero) },
        ];

        Assert.That(edges.Select(ConversionRules.FindFault), Is.All.Null);
    }

    private static TestCaseData Case(string code, Conversion conversion) => new(code, conversion);
}
