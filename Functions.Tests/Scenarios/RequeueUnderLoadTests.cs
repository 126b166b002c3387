using Npgsql;
using OpsMantik.Core.Operations;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Scenarios;

/// <summary>A hundred thousand failed rows go again while workers upload: none lost, none twice.</summary>
internal sealed class RequeueUnderLoadTests : Scenario
{
    [Test]
    public async Task A_hundred_thousand_rows_are_requeued_under_load()
    {
        Google.KeepBodies = false;
        for (var number = 1; number <= 10; number++)
        {
            var site = await AddSiteAsync(number);
            await Database.EnqueueAsync(site, 10_000, $"site{number}", status: "FAILED");
            await Database.EnqueueAsync(site, 500, $"load{number}");
        }

        await using var first = NewWorker();
        await using var second = NewWorker();
        await using var source = NpgsqlDataSource.Create(Database.OperatorConnectionString);
        var uploads = Task.WhenAll(first.UploadAsync(), second.UploadAsync());
        var requeued = await new Requeueing(source).RequeueAsync(
            new RequeueFilter { Status = "FAILED" }, "ops", CancellationToken.None);
        await uploads;
        await Task.WhenAll(first.UploadAsync(), second.UploadAsync());

        Assert.That(requeued, Is.EqualTo(100_000));
        Assert.That(
            await Database.ScalarAsync<string>("select string_agg(distinct status, ' ') from offline_conversion_queue"),
            Is.EqualTo("COMPLETED"),
            () => string.Join('\n', first.Logs.Concat(second.Logs).Where(line => line.StartsWith("Warning") || line.StartsWith("Error"))));
        Assert.That(Google.Orders, Has.Count.EqualTo(105_000));
        Assert.That(Google.Orders.Count(order => (order.Deliveries, order.Counted) != (1, 1)), Is.Zero);
    }
}
