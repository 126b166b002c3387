using CsCheck;
using OpsMantik.Core.Conversions;

namespace OpsMantik.Functions.Tests.Conversions;

public class ClickIdReaderTests
{
    private const string Id = "Cj0KCQiA_x-AbC-dEf_12";

    [TestCase(Id)]
    [TestCase(" " + Id + "\r\n")]
    [TestCase("\uFEFF" + Id)]
    [TestCase("\u200B" + Id + "\u200B")]
    [TestCase("Cj0KCQiA\u200B_x-AbC-dEf_12")]
    [TestCase("\"" + Id + "\"")]
    [TestCase("' " + Id + " '")]
    [TestCase("“" + Id + "”")]
    [TestCase("gclid=" + Id)]
    [TestCase("GCLID=" + Id)]
    [TestCase("?utm_source=google&gclid=" + Id + "&gclsrc=aw.ds")]
    [TestCase("https://shop.example/landing?a=1&gclid=" + Id + "#top")]
    [TestCase("https%3A%2F%2Fshop.example%2F%3Fgclid%3DCj0KCQiA_x-AbC-dEf_12%26a%3D1")]
    [TestCase("https://shop.example/?gclid=Cj0KCQiA%5Fx%2DAbC-dEf_12")]
    [TestCase("Cj0KCQiA%5Fx-AbC-dEf_12")]
    [TestCase("GCL.1732356000.Cj0KCQiA_x-AbC_12", "Cj0KCQiA_x-AbC_12")]
    [TestCase("GCL.1732356000.~Cj0KCQiA_x-AbC_12", "Cj0KCQiA_x-AbC_12")]
    [TestCase("2.1.kCj0KCQiA_x-AbC_12$i1732356000$u1", "Cj0KCQiA_x-AbC_12")]
    public void The_id_is_taken_out_of_what_people_write(string text, string? expected = null)
    {
        var reading = ClickIdReader.Read(ClickIdKind.Gclid, text);

        Assert.That(reading.Id, Is.EqualTo(new ClickId(ClickIdKind.Gclid, expected ?? Id)));
        Assert.That(reading.Change is null, Is.EqualTo(text == Id), "what was changed is told");
        Assert.That(reading.Fault, Is.Null);
    }

    [Test]
    public void An_address_in_the_wrong_column_gives_the_kind_it_holds() =>
        Assert.That(
            ClickIdReader.Read(ClickIdKind.Gclid, "https://shop.example/?gbraid=0AAAA_x").Id,
            Is.EqualTo(new ClickId(ClickIdKind.Gbraid, "0AAAA_x")));

    [Test]
    public void Of_two_in_one_address_that_of_the_column_is_taken() =>
        Assert.That(
            ClickIdReader.Read(ClickIdKind.Wbraid, "https://shop.example/?gclid=Cj0K&wbraid=Cls").Id,
            Is.EqualTo(new ClickId(ClickIdKind.Wbraid, "Cls")));

    [TestCase(null)]
    [TestCase("")]
    [TestCase("  ")]
    [TestCase("null")]
    [TestCase("NULL")]
    [TestCase("undefined")]
    [TestCase("none")]
    [TestCase("NaN")]
    [TestCase("n/a")]
    [TestCase("-")]
    [TestCase("0")]
    [TestCase("(not set)")]
    [TestCase("{gclid}")]
    [TestCase("{{gclid}}")]
    [TestCase("[gclid]")]
    [TestCase("${gclid}")]
    [TestCase("%gclid%")]
    [TestCase("%7Bgclid%7D")]
    [TestCase("test")]
    [TestCase("\"null\"")]
    public void Words_that_stand_for_none_are_none(string? text)
    {
        var reading = ClickIdReader.Read(ClickIdKind.Gclid, text);

        Assert.That((reading.Id, reading.Fault), Is.EqualTo(((ClickId?)null, (string?)null)));
    }

    [TestCase("Cj0K CQiA", "holds a space (character 5)")]
    [TestCase("Cj0K+CQiA", "holds a character that no click id has (character 5)")]
    [TestCase("1.23457E+15", "is a number")]
    [TestCase("905321234567", "is a number")]
    [TestCase("+90 532 123 45 67", "is a number")]
    [TestCase("0532-123-4567", "is a number")]
    [TestCase("ayse@example.com", "(character 5)")]
    [TestCase("Cj0KÇQiA", "(character 5)")]
    [TestCase("https://shop.example/landing?utm_source=google", "is an address")]
    [TestCase("https://shop.example/?gclid={gclid}", "is an address")]
    [TestCase("https://shop.example/?gclid=905321234567", "is an address")]
    [TestCase("%2B905321234567", "(character 1)")]
    public void What_cannot_be_made_out_is_a_fault_that_names_the_cause(string text, string expected)
    {
        var reading = ClickIdReader.Read(ClickIdKind.Gclid, text);

        Assert.That(reading.Id, Is.Null);
        Assert.That(reading.Fault, Does.StartWith("The gclid ").And.Contain(expected));
    }

    [Test]
    public void The_longest_id_is_read_and_a_longer_one_is_not()
    {
        Assert.That(ClickIdReader.Read(ClickIdKind.Gclid, new string('x', 512)).Id, Is.Not.Null);
        Assert.That(ClickIdReader.Read(ClickIdKind.Gclid, new string('x', 513)).Fault, Does.Contain("at most 512"));
    }

    [Test]
    public void Whatever_the_text_what_is_read_reads_the_same_again() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["aZ09-_.~%&=?{} \"'\uFEFF/:"], 0, 40])
            .Select(text => text.Replace("\0", "", StringComparison.Ordinal))
            .Sample(text =>
            {
                var reading = ClickIdReader.Read(ClickIdKind.Gclid, text);
                return reading.Id is not { } id
                    || ClickIdReader.IsWellFormed(id.Value)
                    && ClickIdReader.Read(id.Kind, id.Value) is { Id: { } again } && again == id;
            });
}
