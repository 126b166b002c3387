using Npgsql;
using OpsMantik.Core.Database;

namespace OpsMantik.Functions.Tests.Confirmations;

/// <summary>What the lease of due requests brings over the wire.</summary>
internal sealed class LeaseSizeTests : ConfirmationFixture
{
    [Test]
    public async Task The_sealed_credentials_come_once_for_each_request_and_every_request_has_them()
    {
        await SubmitAsync(50, "request-1");
        await SubmitAsync(50, "request-2");
        // A row whose place was lost comes with the others.
        await Database.ExecuteAsync("update offline_conversion_queue set request_index = null where request_index in (0, 7)");
        await MakeDueAsync();
        await using var worker = NpgsqlDataSource.Create(Database.WorkerConnectionString);
        await using var command = worker.CreateCommand(SqlText.Load("Confirmations.Sql.ClaimRequests"));
        foreach (var value in (object[])["google_ads", 20, Guid.NewGuid(), TimeSpan.FromMinutes(10), TimeSpan.FromDays(1)])
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        await using var reader = await command.ExecuteReaderAsync();
        List<(string Request, bool Sealed)> lines = [];
        while (await reader.ReadAsync())
            lines.Add((reader.GetString(1), !await reader.IsDBNullAsync(4)));
        await reader.DisposeAsync();

        Assert.That(lines, Has.Count.EqualTo(100));
        Assert.That(lines.Count(line => line.Sealed), Is.EqualTo(2));
        Assert.That((lines[0].Sealed, lines[50].Sealed), Is.EqualTo((true, true)), "the first line of each");

        await Database.ExecuteAsync("update provider_upload_requests set lease_until = null, next_check_at = now()");
        var leased = await NewStore().LeaseAsync("google_ads", Guid.NewGuid(), 20, TimeSpan.FromDays(1), CancellationToken.None);
        Assert.That(leased.Select(request => (request.Credential is not null, request.Rows.Count)), Is.All.EqualTo((true, 50)));
    }
}
