using OpsMantik.Core.Conversions;

namespace OpsMantik.Functions.Tests.Conversions;

public class OrderIdTests
{
    [TestCase("ayse@example.com")]
    [TestCase("order of ayse@example.com.tr")]
    [TestCase("ayse%40example.com")]
    [TestCase("+905321234567")]
    [TestCase("+90 532 123 45 67")]
    [TestCase("+1 (415) 555-2671")]
    [TestCase("00905321234567")]
    [TestCase("05321234567")]
    [TestCase("905321234567")]
    [TestCase("0532 123 45 67")]
    [TestCase("0 (532) 123-45-67")]
    [TestCase("532 123 45 67")]
    [TestCase("(415) 555-2671")]
    [TestCase("tel:+905321234567")]
    [TestCase("om-05321234567")]
    [TestCase("order:+905321234567")]
    public void An_address_or_a_telephone_number_is_personal_data(string id) =>
        Assert.That(OrderId.ContainsPersonalData(id), Is.True);

    [TestCase("5a1e0000-0000-0000-0000-000000000001")]
    [TestCase("4711")]
    [TestCase("1795168800")]
    [TestCase("0000012345")]
    [TestCase("100000123")]
    [TestCase("2026-11-20-001")]
    [TestCase("20261120-0001")]
    [TestCase("INV/2026/0042")]
    [TestCase("A-1")]
    [TestCase("order@home")]
    [TestCase("555-2671")]
    public void A_number_of_a_sale_is_none(string id) => Assert.That(OrderId.ContainsPersonalData(id), Is.False);
}
