using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Identity;

internal sealed class EntraTokenTests
{
    private const string First = "CANARY-first-token";
    private const string Second = "CANARY-second-token";

    private FakeTimeProvider _time = null!;
    private FakeCredential _credential = null!;
    private LogLines _logs = null!;
    private ILoggerFactory _factory = null!;
    private EntraToken _token = null!;

    [SetUp]
    public void Arrange()
    {
        _time = new FakeTimeProvider();
        _credential = new FakeCredential(_ => Give(First));
        _logs = new LogLines();
        _factory = LoggerFactory.Create(logging => logging.AddProvider(_logs));
        _token = new EntraToken(() => _credential, _time, _factory.CreateLogger<EntraToken>());
    }

    [TearDown]
    public void NoTokenWasLogged()
    {
        Canary.AssertAbsent("a log line", _logs.All);
        Assert.That(_token.ToString(), Is.EqualTo("[redacted]"));
        _token.Dispose();
        _factory.Dispose();
        _logs.Dispose();
    }

    [Test]
    public async Task It_is_for_the_database_and_kept_until_five_minutes_before_its_end()
    {
        Assert.That(await GetAsync(), Is.EqualTo(First));
        _credential.Answer = _ => Give(Second);

        _time.Advance(TimeSpan.FromMinutes(54));
        Assert.That(await GetAsync(), Is.EqualTo(First));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(await GetAsync(), Is.EqualTo(Second));
        Assert.That(_credential.Scopes, Is.EqualTo(new[] { EntraToken.Scope, EntraToken.Scope }));
    }

    [Test]
    public async Task It_is_renewed_earlier_where_its_issuer_says_so()
    {
        var (start, end) = (_time.GetUtcNow(), _time.GetUtcNow().AddDays(1));
        _credential.Answer = _ => Task.FromResult(new AccessToken(First, end, start.AddHours(12)));
        await GetAsync();
        _credential.Answer = _ => Give(Second);

        _time.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(1));
        Assert.That(await GetAsync(), Is.EqualTo(First));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(await GetAsync(), Is.EqualTo(Second));
    }

    [Test]
    public async Task One_that_cannot_be_renewed_serves_to_its_end_and_not_beyond()
    {
        await GetAsync();
        _credential.Answer = _ => throw new CredentialUnavailableException("No identity is assigned.\nHTTP 400 and more");

        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.That(await GetAsync(), Is.EqualTo(First));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.That(
            async () => await GetAsync(),
            Throws.TypeOf<EntraTokenException>().With.Message
                .EqualTo("No Entra token for the database: No identity is assigned."));
        Assert.That(_logs.All, Has.Some.StartsWith("Warning The Entra token for the database could not be renewed"));
    }

    [Test]
    public async Task An_outage_is_logged_once_and_ends_with_the_next_token()
    {
        _credential.Answer = _ => throw new CredentialUnavailableException("Please run 'az login'");
        for (var attempt = 0; attempt < 3; attempt++)
            Assert.That(async () => await GetAsync(), Throws.TypeOf<EntraTokenException>());

        _credential.Answer = _ => Give(Second);

        Assert.That(await GetAsync(), Is.EqualTo(Second));
        Assert.That(_logs.All.Count(line => line.StartsWith("Error ", StringComparison.Ordinal)), Is.EqualTo(1));
        Assert.That(_logs.All[^1], Does.StartWith("Information Signing in to the database with an Entra token"));
    }

    [Test]
    public void A_message_that_quotes_a_token_is_passed_on_without_it()
    {
        var token = "eyJ0eXAi." + string.Concat(Enumerable.Repeat("CANARY", 20));
        _credential.Answer = _ => throw new AuthenticationFailedException($"Cannot read {{\"accessToken\":\"{token}\"}} here");

        var thrown = Assert.ThrowsAsync<EntraTokenException>(async () => await GetAsync());

        Assert.That(
            thrown!.Message, Is.EqualTo("No Entra token for the database: Cannot read [redacted] here"));
        Assert.That(thrown.InnerException, Is.Null);
    }

    [Test]
    public void A_message_of_unknown_origin_is_not_passed_on_at_all()
    {
        _credential.Answer = _ => throw new InvalidOperationException("CANARY");

        Assert.That(
            async () => await GetAsync(),
            Throws.TypeOf<EntraTokenException>().With.Message
                .EqualTo("No Entra token for the database: InvalidOperationException"));
    }

    [Test]
    public async Task A_credential_that_never_answers_costs_20_seconds()
    {
        var never = new TaskCompletionSource<AccessToken>();
        _credential.Answer = _ => never.Task;

        var asked = GetAsync();
        await Eventually.TrueAsync(() => _credential.Scopes.Count == 1, "asked");
        Assert.That(asked.IsCompleted, Is.False);
        _time.Advance(EntraToken.Patience);

        Assert.That(
            async () => await asked,
            Throws.TypeOf<EntraTokenException>().With.Message.EndsWith("no answer within 20 seconds"));
    }

    [Test]
    public void A_stop_is_no_failure()
    {
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        _credential.Answer = async cancellationToken =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return default;
        };

        Assert.That(
            async () => await _token.GetAsync(stop.Token), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_logs.All, Is.Empty);
    }

    private Task<string> GetAsync() => _token.GetAsync(CancellationToken.None).AsTask();

    private Task<AccessToken> Give(string token) =>
        Task.FromResult(new AccessToken(token, _time.GetUtcNow().AddHours(1)));
}
