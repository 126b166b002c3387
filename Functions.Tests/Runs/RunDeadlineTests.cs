using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OpsMantik.Core.Runs;
using OpsMantik.Functions.Tests.House;

namespace OpsMantik.Functions.Tests.Runs;

public class RunDeadlineTests
{
    private readonly FakeTimeProvider _time = new();

    [Test]
    public void What_is_in_flight_is_dropped_before_the_host_ends_the_run()
    {
        using var deadline = new RunDeadline(_time, TimeSpan.FromMinutes(8), CancellationToken.None);

        _time.Advance(RunDeadline.Longest - TimeSpan.FromSeconds(1));
        Assert.That((deadline.Passed, deadline.Abandon.IsCancellationRequested), Is.EqualTo((true, false)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(deadline.Abandon.IsCancellationRequested);
    }

    [Test]
    public void A_stop_leaves_a_batch_in_flight_its_grace_and_no_more()
    {
        using var stopping = new CancellationTokenSource();
        using var deadline = new RunDeadline(_time, TimeSpan.FromMinutes(8), stopping.Token);

        stopping.Cancel();
        _time.Advance(RunDeadline.Grace - TimeSpan.FromSeconds(1));
        Assert.That((deadline.Passed, deadline.Abandon.IsCancellationRequested), Is.EqualTo((true, false)));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.That(deadline.Abandon.IsCancellationRequested);
    }

    [Test]
    public void The_host_allows_a_run_time_to_write_back_what_was_dropped()
    {
        using var host = JsonDocument.Parse(File.ReadAllText(Path.Combine(SourceTree.Root, "Functions", "host.json")));
        var limit = TimeSpan.Parse(host.RootElement.GetProperty("functionTimeout").GetString()!);

        Assert.That(limit - RunDeadline.Longest, Is.GreaterThanOrEqualTo(TimeSpan.FromSeconds(15)));
    }
}
