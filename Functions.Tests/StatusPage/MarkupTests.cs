using OpsMantik.Web.StatusPage;

namespace OpsMantik.Functions.Tests.StatusPage;

internal sealed class MarkupTests
{
    [TestCase("<b>&\"'", "&lt;b&gt;&amp;&quot;&#x27;")]
    [TestCase("Şişli ≥ 3", "Şişli ≥ 3")]
    [TestCase("\0\u202e\ud800", null)]
    [TestCase(null, "")]
    public void What_is_put_into_a_hole_is_escaped(string? value, string? expected)
    {
        var text = Markup.Of($"<p title=\"{value}\">{value}</p>").ToString();

        if (expected is not null)
            Assert.That(text, Is.EqualTo($"<p title=\"{expected}\">{expected}</p>"));
        else
            Assert.That(text, Does.Not.Contain("\0").And.Not.Contain("\ud800"));
    }

    [Test]
    public void Markup_in_a_hole_stays_markup()
    {
        var inner = Markup.Of($"<b>{"<i>"}</b>");

        Assert.That(Markup.Of($"{inner}{1234}").ToString(), Is.EqualTo("<b>&lt;i&gt;</b>1234"));
        Assert.That(Markup.Join([inner, inner]).ToString(), Is.EqualTo("<b>&lt;i&gt;</b><b>&lt;i&gt;</b>"));
    }

    [TestCase(0.4, "0 s")]
    [TestCase(59, "59 s")]
    [TestCase(60, "1 min")]
    [TestCase(3_600, "1 h")]
    [TestCase(11_100, "3 h 5 min")]
    [TestCase(187_200, "2 d 4 h")]
    [TestCase(8_640_000, "100 d")]
    public void A_span_is_told_in_its_two_largest_units(double seconds, string expected) =>
        Assert.That(Words.Span(TimeSpan.FromSeconds(seconds)), Is.EqualTo(expected));
}
