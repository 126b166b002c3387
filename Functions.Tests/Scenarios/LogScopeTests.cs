using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Scenarios;

/// <summary>What the lines of a batch have in common.</summary>
internal sealed class LogScopeTests : Scenario
{
    [Test]
    public async Task A_batch_s_lines_are_in_a_scope_with_the_site_s_name_the_provider_and_the_batch_of_the_ledger()
    {
        var (named, nameless) = (await AddSiteAsync(1), await AddSiteAsync(2));
        await Database.ExecuteAsync("alter table sites add column name text");
        await Database.ExecuteAsync("update sites set name = E'Cafe\\nNord' where id = $1", named);
        await Database.EnqueueAsync(named, 2);
        await Database.EnqueueAsync(nameless, 2, "other");
        await using var worker = NewWorker();

        await worker.UploadAsync();
        var uploads = worker.Scopes.ToList();
        await Database.ExecuteAsync("update sales set status = 'CANCELED' where site_id = $1", named);
        await worker.UploadAsync();

        Assert.That(uploads, Is.EquivalentTo(new[]
        {
            $"site=Cafe\\u000ANord ({$"{named}"[..8]}) provider=google_ads batch={await BatchAsync(named)}",
            $"site={nameless} provider=google_ads batch={await BatchAsync(nameless)}",
        }));
        Assert.That(worker.Scopes.Skip(2).Single(), Does.StartWith($"site=Cafe\\u000ANord ({$"{named}"[..8]}) provider=google_ads batch="), "of its correction");
    }

    private Task<string?> BatchAsync(Guid site) => Database.ScalarAsync<string>(
        "select batch_id::text from provider_upload_attempts where site_id = $1 and phase = 'FINISHED' order by created_at limit 1", site);
}
