using Npgsql;
using OpsMantik.Core.Conversions;
using OpsMantik.Core.Status;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.StatusPage;

/// <summary>What failed, told once for each cause.</summary>
internal sealed class FailureCausesTests
{
    [Test]
    public async Task Failures_of_a_day_are_counted_by_cause_with_the_latest_as_an_example()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var worker = NpgsqlDataSource.Create(database.WorkerConnectionString);
        var (one, two) = (await database.AddSiteAsync(), await database.AddSiteAsync());
        await database.ExecuteAsync("alter table sites add column domain text");
        await database.ExecuteAsync("update sites set domain = 'two.example' where id = $1", two);
        await FailAsync(database, await database.EnqueueAsync(one, 5, "a"), "INVALID_GRANT", "3 hours");
        var latest = await database.EnqueueAsync(two, 1, "b");
        await FailAsync(database, latest, "INVALID_GRANT", "1 hour");
        await FailAsync(database, await database.EnqueueAsync(two, 2, "c"), "CLICK_NOT_FOUND", "2 hours");
        await FailAsync(database, await database.EnqueueAsync(two, 9, "d"), "EXPIRED_EVENT", "25 hours");

        var causes = (await new StatusReader(worker, Currencies.Default).ReadAsync(default)).Causes;

        Assert.That(
            causes.Select(cause => (cause.Rows, cause.Sites, cause.Latest.Code)),
            Is.EqualTo(new[] { (6L, 2L, "INVALID_GRANT"), (2L, 1L, "CLICK_NOT_FOUND") }));
        Assert.That((causes[0].Latest.Id, causes[0].Latest.SiteName, causes[0].Latest.Message), Is.EqualTo((latest[0], "two.example", "said INVALID_GRANT")));
    }

    private static Task<int> FailAsync(TestDatabase database, Guid[] rows, string code, string ago) => database.ExecuteAsync(
        """
        update offline_conversion_queue
        set status = 'FAILED', provider_error_code = $2, provider_error_category = 'AUTH', last_error = 'said ' || $2,
            updated_at = now() - $3::interval
        where id = any ($1)
        """, rows, code, TimeSpan.FromHours(int.Parse(ago.Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture)));
}
