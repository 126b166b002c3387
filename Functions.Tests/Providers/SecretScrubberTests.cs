using System.Reflection;
using OpsMantik.Core.Conversions;
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

    [TestCase("'973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b' is no hash", "'973dfe…' is no hash")]
    [TestCase("gclid Cj0KCQiAx8PKBhD1ARIsAKsmGbeRvNHG8YzI7XBkZbP0t_vKqLwXyz-12AbCdEfGhIjKlMnOpQr.", "gclid Cj0KCQ….")]
    [TestCase("CONVERSION_TRACKING_NOT_ENABLED_AT_IMPRESSION_TIME_28_DAYS", "CONVERSION_TRACKING_NOT_ENABLED_AT_IMPRESSION_TIME_28_DAYS")]
    [TestCase("sale 01234567-89ab-cdef-0123-456789abcdef", "sale 01234567-89ab-cdef-0123-456789abcdef")]
    [TestCase("customers/1234567890/conversionActions/456", "customers/1234567890/conversionActions/456")]
    public void Of_hashes_and_click_ids_a_few_characters_stay(string text, string expected) =>
        Assert.That(new SecretScrubber().Clean(text), Is.EqualTo(expected));

    [TestCase("a\u001b[2J\u202eb\u2028c", "a\\u001B[2J\\u202Eb\\u2028c")]
    public void What_is_hidden_is_shown(string text, string expected) =>
        Assert.That(new SecretScrubber().Clean(text), Is.EqualTo(expected));

    [Test]
    public void A_request_id_is_kept_whole_however_long()
    {
        const string Id = "Cj0KCQiAx8PKBhD1ARIsAKsmGbeRvNHG8YzI7XBkZbP0t_vKqLwXyz";

        Assert.That(new SecretScrubber().Identifier(Id), Is.EqualTo(Id));
        Assert.That(new SecretScrubber().IsClean(Id), Is.True);
    }

    [Test]
    public void An_outcome_does_not_quote_its_conversion()
    {
        var conversion = TestConversions.New() with
        {
            Click = new(ClickIdKind.Gclid, "Cj0KCQ-x_1"),
            UserIdentifiers = [new(UserIdentifierKind.Email, new string('a', 64))],
        };
        var outcome = UploadOutcome.Failed("X", ErrorCategory.Validation, $"no 'Cj0KCQ-x_1' and no {new string('A', 64)}");

        Assert.That(outcome.Without(conversion).Message, Is.EqualTo("no 'Cj0KCQ…' and no aaaaaa…"));
        Assert.That($"{conversion.UserIdentifiers[0]}", Is.EqualTo("Email aaaaaa…"));
    }

    /// <summary>By reflection over every log message: a value of a new name is to be looked at before it may be logged.</summary>
    [Test]
    public void No_log_message_takes_a_click_id_a_hash_or_a_whole_customer_id()
    {
        string[] texts =
        [
            "backlog", "code", "correlationId", "end", "error", "fault", "field", "fingerprint", "fix", "function", "job", "kind", "message", "place", "project",
            "providerKey", "reason", "requestId", "schedule", "state", "status",
        ];
        var messages = new[] { typeof(OpsMantik.Core.CoreServices).Assembly, typeof(WorkerApp).Assembly, typeof(OpsMantik.Cli.CommandTree).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic))
            .Where(method => method.GetCustomAttribute<Microsoft.Extensions.Logging.LoggerMessageAttribute>() is not null)
            .ToList();
        var values = messages.SelectMany(method => method.GetParameters()).ToList();

        Assert.That(messages, Has.Count.GreaterThan(40));
        Assert.That(values.Where(value => value.ParameterType == typeof(string)).Select(value => value.Name).Distinct(), Is.SubsetOf(texts));
        Assert.That(
            values.Where(value => value.Name!.Contains("customer", StringComparison.OrdinalIgnoreCase)).Select(value => value.ParameterType),
            Is.Not.Empty.And.All.EqualTo(typeof(MaskedCustomer)));
        Assert.That($"{(MaskedCustomer)"1234567890"} {(MaskedCustomer)"12"}", Is.EqualTo("***-***-7890 ***-***-****"));
    }
}
