using System.Text;
using OpsMantik.Functions.Tests.Hosts;
using OpsMantik.Reliability.Fuzz;
using OpsMantik.Reliability.Fuzz.Http;

namespace OpsMantik.Functions.Tests.Reliability.Fuzz;

/// <summary>What the fuzzer found, each kept as the one request that showed it.</summary>
internal sealed class FoundByFuzzingTests
{
    private FuzzEnvironment _environment = null!;

    [OneTimeSetUp]
    public async Task StartAsync() => _environment = await FuzzEnvironment.StartAsync(FuzzServer.Server);

    [OneTimeTearDown]
    public async Task StopAsync() => await _environment.DisposeAsync();

    [Test]
    public async Task Half_a_surrogate_pair_in_a_service_accounts_text_is_refused_by_name()
    {
        var body =
            $$"""
            {"site_id":"{{_environment.Sites[0]}}","provider_key":"google_ads","credentials":{"upload_api":"data_manager",
             "customer_id":"1234567890","conversion_action_id":"1","service_account":"{\"client_email\":\"\\ud800\"}"} }
            """;

        var answer = await SendAsync(_environment.Own, "POST", Paths.Seed, $"Content-Length: {body.Length}\r\n", body);

        Assert.That(answer?.Status, Is.EqualTo(400));
        Assert.That(answer!.Text, Does.Contain("service_account must be the key"));
    }

    private static async Task<Answer?> SendAsync(FuzzTarget target, string method, string path, string headers, string body)
    {
        var head = $"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {FuzzTarget.Secret}\r\n{headers}\r\n";
        var answers = await RawClient.SendAsync(
            target.Address, [Encoding.ASCII.GetBytes(head + body)], @break: headers.Contains("chunked"), method);
        return answers.Count == 0 ? null : answers[0];
    }
}
