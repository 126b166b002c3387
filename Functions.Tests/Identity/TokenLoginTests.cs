using Azure.Core;
using Azure.Identity;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Identity;

/// <summary>A login whose password is the token, on a real server: what Azure's server does with a token, it does too.</summary>
internal sealed class TokenLoginTests
{
    private static readonly TimeSpan Often = TimeSpan.FromMilliseconds(20);

    private readonly FakeTimeProvider _time = new();
    private readonly string _login = $"identity_{Guid.NewGuid():N}";
    private TestDatabase _database = null!;
    private FakeCredential _credential = null!;
    private NpgsqlDataSource _source = null!;

    [SetUp]
    public async Task ArrangeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await _database.ExecuteAsync($"create role {_login} login password 'CANARY-token-1' in role service_role");
        _credential = new FakeCredential(_ => Give("CANARY-token-1"));
    }

    [TearDown]
    public async Task DropAsync()
    {
        await _source.DisposeAsync();
        await _database.ExecuteAsync($"drop role {_login}");
        await _database.DisposeAsync();
    }

    [Test]
    public async Task The_token_opens_and_a_renewed_one_opens_what_the_old_one_no_longer_does()
    {
        Connect();
        Assert.That(await WhoAsync(), Is.EqualTo(_login));

        await ExpireAsync("CANARY-token-2");
        _credential.Answer = _ => Give("CANARY-token-2");
        Assert.That(await RefusalAsync(), Does.StartWith("28P01: ").And.Not.Contain("CANARY"));
        _time.Advance(TimeSpan.FromMinutes(56));

        await EventuallyOpensAsync();
        Assert.That(await new DatabaseCheck(_source).CheckAsync(CancellationToken.None), Has.Property("Ready").True);
    }

    [Test]
    public async Task Without_a_token_the_database_counts_as_away_and_comes_back_with_it()
    {
        _credential.Answer = _ => throw new CredentialUnavailableException("No identity is assigned");
        Connect();

        var thrown = Assert.ThrowsAsync<NpgsqlException>(async () => await WhoAsync());
        Assert.That(thrown!.InnerException, Is.TypeOf<EntraTokenException>());
        Assert.That(thrown.InnerException!.Message, Does.EndWith("No identity is assigned"));
        var status = await new DatabaseCheck(_source).CheckAsync(CancellationToken.None);
        Assert.That((status.Reachable, status.Fault), Is.EqualTo((false, (string?)null)));

        _credential.Answer = _ => Give("CANARY-token-1");

        await EventuallyOpensAsync();
    }

    private void Connect()
    {
        // No pool: each connection shows the token anew.
        var connection = new NpgsqlConnectionStringBuilder(_database.WorkerConnectionString)
        {
            Username = _login,
            Password = null,
            Pooling = false,
        };
        var token = new EntraToken(() => _credential, _time, NullLogger<EntraToken>.Instance);
        _source = DatabaseSource.CreateByToken(connection.ConnectionString, token, Often, Often);
    }

    private Task<int> ExpireAsync(string next) => _database.ExecuteAsync($"alter role {_login} password '{next}'");

    private async Task<string?> WhoAsync()
    {
        await using var command = _source.CreateCommand("select current_user::text");
        return (string?)await command.ExecuteScalarAsync();
    }

    private async Task<string> RefusalAsync() =>
        (await Task.Run(() => Assert.ThrowsAsync<PostgresException>(async () => await WhoAsync())))!.ToString()
            .Split('\n')[0].Replace("Npgsql.PostgresException (0x80004005): ", "", StringComparison.Ordinal);

    private async Task EventuallyOpensAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                Assert.That(await WhoAsync(), Is.EqualTo(_login));
                return;
            }
            catch (NpgsqlException) when (attempt < 500)
            {
                await Task.Delay(Often);
            }
        }
    }

    private Task<AccessToken> Give(string token) =>
        Task.FromResult(new AccessToken(token, _time.GetUtcNow().AddHours(1)));
}
