using OpsMantik.Core.Providers;

namespace OpsMantik.Functions.Tests.Providers;

public class SecretScrubberTests
{
    private const string Secret = "CANARY-a/b+c";

    [Test]
    public void Secrets_are_replaced_plain_and_as_a_form_carries_them()
    {
        var cleaned = new SecretScrubber(Secret).Clean($"bad {Secret} and {Uri.EscapeDataString(Secret)}!");

        Assert.That(cleaned, Is.EqualTo("bad [redacted] and [redacted]!"));
    }

    [Test]
    public void A_secret_inside_a_longer_one_leaves_no_rest()
    {
        var scrubber = new SecretScrubber("CANARY-1").With("CANARY-1-and-more");

        Assert.That(scrubber.Clean("x CANARY-1-and-more"), Is.EqualTo("x [redacted]"));
    }

    [Test]
    public void A_secret_across_the_cut_leaves_no_half()
    {
        var cleaned = new SecretScrubber(Secret).Clean(new string('x', SecretScrubber.MaxLength - 5) + Secret);

        Assert.That(cleaned, Does.Not.Contain("CAN"));
        Assert.That(cleaned, Has.Length.EqualTo(SecretScrubber.MaxLength));
    }

    [TestCase("a\r\nb\u0000c", "a  b c")]
    [TestCase("  ", "")]
    [TestCase(null, "")]
    public void Text_becomes_one_clean_line(string? text, string expected) =>
        Assert.That(new SecretScrubber(Secret).Clean(text), Is.EqualTo(expected));

    [Test]
    public void No_character_is_cut_in_half()
    {
        var cleaned = new SecretScrubber().Clean(new string('x', SecretScrubber.MaxLength - 1) + "\U0001F600");

        Assert.That(cleaned, Is.EqualTo(new string('x', SecretScrubber.MaxLength - 1)));
    }

    [TestCase("abc-123_X", "abc-123_X")]
    [TestCase("CANARY-id", null)]
    [TestCase("two words", null)]
    [TestCase("", null)]
    public void Identifiers_are_kept_only_when_they_are_safe(string text, string? expected) =>
        Assert.That(new SecretScrubber("CANARY-id").Identifier(text), Is.EqualTo(expected));
}
