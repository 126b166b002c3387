using OpsMantik.Core.Providers;
using OpsMantik.Functions.Tests.Providers;
using OpsMantik.Functions.Tests.Providers.DataManager;

namespace OpsMantik.Functions.Tests.FieldReports;

/// <summary>Reports about the Data Manager API.</summary>
public class DataManagerReportTests
{
    private DataManagerFixture _fixture = null!;

    [SetUp]
    public void SetUp() => _fixture = new DataManagerFixture();

    [TearDown]
    public void TearDown() => _fixture.Dispose();

    // One report, which nobody else has confirmed.
    [TestCase("superdesigndev/treg#151")]
    public async Task An_order_id_of_digits_alone_gets_a_prefix(string report)
    {
        await _fixture.UploadAsync(TestConversions.New() with { OrderId = "4711" });

        Assert.That(DataManagerFixture.Transactions(_fixture.Requests.Single()), Is.EqualTo((string[])["om-4711"]), report);
    }

    [TestCase("PostHog/posthog#85903")]
    public async Task A_request_that_was_accepted_is_submitted_and_not_completed(string report) =>
        Assert.That((await _fixture.UploadOneAsync()).Kind, Is.EqualTo(OutcomeKind.Submitted), report);

    [TestCase("googleapis/google-cloud-php#9201")]
    public async Task Every_event_has_its_source(string report)
    {
        await _fixture.UploadOneAsync();

        Assert.That(_fixture.Requests.Single().Body, Does.Contain("\"eventSource\":\"WEB\""), report);
    }
}
