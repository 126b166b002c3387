using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using OpsMantik.Core.Confirmations;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Queue;
using OpsMantik.Core.Runs;
using OpsMantik.Functions.Tests.Scenarios;
using OpsMantik.Functions.Tests.Support;

namespace OpsMantik.Functions.Tests.Confirmations;

/// <summary>Submitted rows in a real database, and a confirm run over them whose provider answers as a test says.</summary>
internal abstract class ConfirmationFixture
{
    protected const string Request = "request-1";

    protected TestDatabase Database { get; private set; } = null!;

    protected ScriptedConfirmations Provider { get; private set; } = null!;

    protected ConfirmOptions Options { get; private set; } = null!;

    private NpgsqlDataSource _worker = null!;

    [SetUp]
    public async Task OpenAsync()
    {
        Database = await TestDatabase.CreateAsync();
        _worker = NpgsqlDataSource.Create(Database.WorkerConnectionString);
        Options = new ConfirmOptions();
        Provider = new ScriptedConfirmations();
    }

    [TearDown]
    public async Task CloseAsync()
    {
        await _worker.DisposeAsync();
        await Database.DisposeAsync();
    }

    protected Task<ConfirmSummary> ConfirmAsync()
    {
        var confirmation = new OptionsWrapper<ConfirmOptions>(Options);
        var store = new ConfirmationStore(_worker);
        var instruments = TestInstruments.New();
        var requests = new RequestConfirmation(
            store, new CredentialOpening(Worker.Vault, NullLogger<CredentialOpening>.Instance), confirmation, new OptionsWrapper<UploadOptions>(new UploadOptions()), new Random(1), TimeProvider.System,
            instruments, NullLogger<RequestConfirmation>.Instance);
        var run = new ConfirmRun(
            store, requests, [Provider], confirmation, new OptionsWrapper<UploadOptions>(new UploadOptions()),
            instruments, TimeProvider.System, NullLogger<ConfirmRun>.Instance);
        return run.RunAsync(CancellationToken.None);
    }

    protected ConfirmationStore NewStore() => new(_worker);

    /// <summary>Claims a new site's rows and writes them back as submitted.</summary>
    protected async Task<Guid> SubmitAsync(int rows, string request = Request, int retryCount = 0)
    {
        var site = await Database.AddSiteAsync();
        await Database.AddCredentialsAsync(Worker.Vault, site);
        await Database.EnqueueAsync(site, rows, request);
        await Database.ExecuteAsync("update offline_conversion_queue set retry_count = $2 where site_id = $1", site, retryCount);
        await UploadAsync(request);
        return site;
    }

    /// <summary>As an upload run does: everything due is claimed and accepted under one request id.</summary>
    protected async Task<WriteBackCounts> UploadAsync(string request = Request)
    {
        var queue = new ConversionQueue(_worker, new Random(1), NullLogger<ConversionQueue>.Instance);
        var group = (await queue.ClaimAsync(
            new ClaimRequest(Provider.Key, Guid.NewGuid(), 10_000, 2_000), CancellationToken.None)).Single();
        var results = group.Jobs.Select((job, i) => RetryPolicy.Apply(
            job.Id, job.RetryCount, UploadOutcome.Submitted(request, i), job.SaleId.ToString(), 0));
        return await queue.WriteBackAsync(
            group, [.. results], CircuitSignal.Success, TimeSpan.Zero, Options.FirstCheckAfter, CancellationToken.None);
    }

    protected Task<int> MakeDueAsync() =>
        Database.ExecuteAsync("update provider_upload_requests set next_check_at = now()");

    /// <summary>Status, attempts and code of the rows in the order of their request.</summary>
    protected Task<string?> RowsAsync() => Database.ScalarAsync<string>(
        """
        select string_agg(concat_ws(' ', status, retry_count, provider_error_code), ', ' order by request_index)
        from offline_conversion_queue
        """);
}
