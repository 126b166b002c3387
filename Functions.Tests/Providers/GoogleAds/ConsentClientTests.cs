using System.Text.Json;
using Microsoft.Extensions.Options;
using OpsMantik.Core.Providers.GoogleAds;
using OpsMantik.Core.Providers.GoogleAds.OAuth;

namespace OpsMantik.Functions.Tests.Providers.GoogleAds;

internal sealed class ConsentClientTests
{
    [Test]
    public void A_desktop_client_may_be_led_back_to_any_port()
    {
        var (client, fault) = Read("""{"installed":{"client_id":"a","client_secret":"CANARY","auth_uri":"https://evil.example/","token_uri":"https://evil.example/"}}""");

        Assert.That((client!.ClientId, client.ClientSecret, client.Redirect, fault), Is.EqualTo(("a", "CANARY", (Uri?)null, (string?)null)));
        Assert.That($"{client}", Is.EqualTo("[redacted]"));
    }

    [TestCase("[\"https://shop.example/back\",\"http://localhost:8085/back\"]", "http://localhost:8085/back")]
    [TestCase("[\"http://127.0.0.1:9000\"]", "http://127.0.0.1:9000/")]
    public void A_client_of_type_web_is_led_back_where_it_is_registered(string redirects, string expected) => Assert.That(
        Read("{\"web\":{\"client_id\":\"a\",\"client_secret\":\"b\",\"redirect_uris\":" + redirects + "}}").Client!.Redirect, Is.EqualTo(new Uri(expected)));

    [TestCase("{\"web\":{\"client_id\":\"a\",\"client_secret\":\"CANARY\"}}", "add http://127.0.0.1:8085/")]
    [TestCase("{\"web\":{\"client_id\":\"a\",\"client_secret\":\"CANARY\",\"redirect_uris\":[1,\"https://localhost/\",\"x\"]}}", "type Desktop app")]
    [TestCase("{\"web\":{\"client_secret\":\"CANARY\"}}", "client_id is missing")]
    [TestCase("{\"installed\":{\"client_id\":\"a\",\"client_secret\":[\"CANARY\"]}}", "client_secret must be a string")]
    [TestCase("{\"installed\":\"CANARY\"}", "must be a JSON object")]
    [TestCase("{\"client_id\":\"CANARY\"}", "\"installed\" or \"web\"")]
    [TestCase("[\"CANARY\"]", "\"installed\" or \"web\"")]
    public void A_file_at_fault_is_told_without_being_quoted(string file, string said)
    {
        var (client, fault) = Read(file);

        Assert.That(client, Is.Null);
        Assert.That(fault, Does.Contain(said).And.Not.Contain("CANARY"));
    }

    [TestCase("", "neither a code nor an error")]
    [TestCase("?code=", "neither a code nor an error")]
    [TestCase("?code=CANARY", "its state is not ours")]
    [TestCase("?error=access_denied", "its state is not ours")]
    [TestCase("?code=CANARY&state={0}&state={0}", "its state is not ours")]
    [TestCase("?error=server_error&state={0}", "Google gave no consent: server_error.")]
    [TestCase("?error=CANARY%1b%5b2J&state={0}", "an error without a name")]
    [TestCase("?error=access_denied&code=CANARY&state={0}", "declined")]
    public void An_answer_that_is_none_is_refused(string query, string said)
    {
        var request = new ConsentRequest(new Uri("https://accounts.google.com/o"), new ConsentClient("a", "b"), new Uri("http://127.0.0.1:1/"), AccountAccess.Scope);
        var state = request.Address.Query.Split("state=")[1].Split('&')[0];

        var (code, fault) = request.ReadAnswer(query.Replace("{0}", state, StringComparison.Ordinal));

        Assert.That(code, Is.Null);
        Assert.That(fault, Does.Contain(said).And.Not.Contain("CANARY"));
        Assert.That(request.ReadAnswer($"?state={state}&code=4%2F0A").Code, Is.EqualTo("4/0A"));
    }

    [TestCase("https://accounts.google.com/o/oauth2/v2/auth", false, true)]
    [TestCase("https://accounts.google.com.example/", false, false)]
    [TestCase("http://accounts.google.com/", false, false)]
    [TestCase("https://user:secret@accounts.google.com/", false, false)]
    [TestCase("http://127.0.0.1:8080/", false, false)]
    [TestCase("http://127.0.0.1:8080/", true, true)]
    public void A_person_is_sent_to_google_alone(string address, bool others, bool admitted) => Assert.That(
        new GoogleEgress(new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build(), Options.Create(new GoogleOptions { AllowOtherHosts = others }))
            .AdmitsSignIn(new Uri(address)),
        Is.EqualTo(admitted));

    private static (ConsentClient? Client, string? Fault) Read(string json)
    {
        using var file = JsonDocument.Parse(json);
        return ConsentClient.Read(file.RootElement);
    }
}
