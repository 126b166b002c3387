using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using OpsMantik.Core.Alerts;

namespace OpsMantik.Functions.Tests.Alerts;

internal sealed class AlertMessageTests
{
    private const string Secret = "whsec_Q0FOQVJZLXdlYmhvb2stc2VjcmV0LW9mLTMyLWJ5dGU=";

    [TestCase("standard")]
    [TestCase("slack")]
    [TestCase("teams")]
    public void Text_from_the_database_is_shown_and_obeyed_nowhere(string format)
    {
        const string hostile = "*FORGED*\u202e <!channel> <https://evil|x> &";
        var alert = new Alert(Guid.NewGuid(), "google_ads", "PARKED", 3, hostile);

        var body = Encoding.UTF8.GetString(AlertBody.Render(AlertMessage.Of([alert], _ => hostile), format));

        using var json = JsonDocument.Parse(body);
        Assert.That(body, Does.Contain("FORGED").And.Not.Contain("\u202e"));
        if (format == "slack")
        {
            Assert.That(json.RootElement.GetProperty("text").GetString(), Does.Contain("&lt;!channel&gt; &lt;https://evil|x&gt; &amp;"));
            Assert.That(json.RootElement.GetProperty("blocks")[0].GetProperty("text").GetProperty("type").GetString(), Is.EqualTo("plain_text"));
        }

        if (format == "teams")
            Assert.That(json.RootElement.GetProperty("attachments")[0].GetProperty("content").GetProperty("body")[0].GetProperty("type").GetString(), Is.EqualTo("RichTextBlock"));
    }

    [TestCase(null, null, "standard", "Production", null)]
    [TestCase("https://hooks.example/CANARY", Secret, "standard", "Production", null)]
    [TestCase("https://hooks.example/CANARY", null, "slack", "Production", null)]
    [TestCase("http://127.0.0.1:1/CANARY", null, "teams", "Development", null)]
    [TestCase("http://127.0.0.1:1/CANARY", null, "teams", "Production", "Alerts__WebhookUrl must be an https address")]
    [TestCase("http://hooks.example/CANARY", null, "teams", "Development", "Alerts__WebhookUrl must be an https address")]
    [TestCase("CANARY", null, "teams", "Development", "Alerts__WebhookUrl must be an https address")]
    [TestCase("https://hooks.example/CANARY", null, "standard", "Production", "Alerts__WebhookSecret must be whsec_")]
    [TestCase("https://hooks.example/CANARY", "whsec_CANARY", "standard", "Production", "Alerts__WebhookSecret must be whsec_")]
    [TestCase("https://hooks.example/CANARY", Secret, "CANARY", "Production", "Alerts__Format must be")]
    public void Settings_at_fault_are_named_and_not_quoted(string? url, string? secret, string format, string environment, string? said)
    {
        var options = new AlertOptions { WebhookUrl = url, WebhookSecret = secret, Format = format };
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([KeyValuePair.Create("AZURE_FUNCTIONS_ENVIRONMENT", (string?)environment)]).Build();

        var fault = options.FindFault(configuration);

        Assert.That(fault, said is null ? Is.Null : Does.StartWith(said).And.Not.Contain("CANARY"));
        Assert.That($"{options}", Is.EqualTo("[redacted]"));
    }
}
