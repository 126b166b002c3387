using System.Reflection;
using System.Runtime.CompilerServices;
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

    /// <summary>Every type of Core that holds a string named like a secret must print itself without it.</summary>
    [Test]
    public void No_type_that_holds_a_secret_prints_it()
    {
        var holders = typeof(IConversionProvider).Assembly.GetTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false, ContainsGenericParameters: false }
                && !type.IsDefined(typeof(CompilerGeneratedAttribute)))
            .Select(type => (type, fields: SecretFields(type)))
            .Where(holder => holder.fields.Length > 0)
            .ToList();

        Assert.That(holders.Select(holder => holder.type.Name), Does.Contain("OAuthClient").And.Contain("AccessToken"));
        foreach (var (type, fields) in holders)
        {
            var instance = RuntimeHelpers.GetUninitializedObject(type);
            foreach (var field in fields)
            {
                field.SetValue(instance, "CANARY-printed");
            }

            Assert.That(instance.ToString(), Does.Not.Contain("CANARY"), type.FullName);
        }
    }

    private static FieldInfo[] SecretFields(Type type) =>
    [
        .. type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public)
            .Where(field => field.FieldType == typeof(string)
                && (Sounds(field.Name) || (Sounds(type.Name) && field.Name.Contains("Value")))),
    ];

    private static bool Sounds(string name) => new[] { "secret", "refresh", "token", "password", "privatekey" }
        .Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
}
