using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using OpsMantik.Core.Providers.DataManager;

namespace OpsMantik.Functions.Tests.Providers.DataManager;

/// <summary>Processes that send for one project: each has a gate of its own, and all have the same leases.</summary>
public class SharedLimitTests
{
    private FakeTimeProvider _time = null!;
    private MemoryLeases _leases = null!;

    [SetUp]
    public void SetUp()
    {
        _time = new FakeTimeProvider(TestConversions.Noon);
        _leases = new MemoryLeases(_time) { AnswersLater = true };
    }

    [Test]
    public async Task Together_they_send_what_a_minute_takes_and_no_more()
    {
        var gates = Enumerable.Range(0, 4).Select(_ => Process(perMinute: 50)).ToList();
        foreach (var minute in Enumerable.Range(1, 3))
        {
            var permits = 0;
            for (var round = 0; round < 50; round++)
                foreach (var gate in gates)
                    permits += await EntersAsync(gate) ? 1 : 0;
            Assert.That(permits, Is.EqualTo(50), $"minute {minute}");
            _time.Advance(TimeSpan.FromMinutes(1));
        }
    }

    [Test]
    public async Task Ten_processes_that_send_little_leave_the_minute_to_one_that_sends_much()
    {
        foreach (var idle in Enumerable.Range(0, 10).Select(_ => Process(perMinute: 50)))
            await EntersAsync(idle);
        var busy = Process(perMinute: 50);

        var permits = 0;
        while (await EntersAsync(busy))
            permits++;

        Assert.That(permits, Is.EqualTo(40));
    }

    [TestCase(1, 1)]
    [TestCase(30, 5, Description = "1, 2, 4, 8, 16")]
    [TestCase(61, 6, Description = "then a tenth of the minute each")]
    [TestCase(91, 7)]
    public async Task A_lease_is_twice_the_one_before_while_they_are_used_up(int requests, int questions)
    {
        var gate = Process(perMinute: 300);

        for (var request = 0; request < requests; request++)
            Assert.That(await EntersAsync(gate), Is.True);

        Assert.That(_leases.Questions, Is.EqualTo(questions));
    }

    [Test]
    public async Task Those_that_wait_at_once_are_leased_for_at_once()
    {
        var gate = Process(perMinute: 300);
        var answer = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _leases.Held = answer.Task;

        var entering = Enumerable.Range(0, 30).Select(_ => EntersAsync(gate)).ToList();
        answer.SetResult();

        Assert.That(await Task.WhenAll(entering), Is.All.True);
        Assert.That(_leases.Questions, Is.EqualTo(2), "the first asked for itself alone");
        // The first may still count as one that waits.
        Assert.That(_leases.TakenOfMinute, Is.InRange(30, 31));
    }

    [Test]
    public async Task What_a_minute_leaves_of_a_lease_is_no_ones_and_goes_back_to_the_day()
    {
        var gate = Process(perMinute: 300);
        for (var minute = 0; minute < 10; minute++)
        {
            await EntersAsync(gate);
            await EntersAsync(gate);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.That(_leases.Questions, Is.EqualTo(20), "none is used in the next minute, which begins with one again");
        Assert.That(_leases.TakenOfDay, Is.EqualTo(20 + 1), "sent, and the last lease's rest");
    }

    [Test]
    public async Task A_process_that_stops_gives_back_what_it_did_not_send_and_one_that_dies_does_not()
    {
        var limits = Limits(perMinute: 300, atOnce: 10);
        var stopped = limits.Gate("a-project", RequestKind.Ingest);
        foreach (var gate in new[] { stopped, stopped, stopped, stopped, Process(perMinute: 300) })
            await EntersAsync(gate);
        Assert.That((_leases.TakenOfMinute, _leases.TakenOfDay), Is.EqualTo((7 + 1, 7 + 1)));

        await limits.DisposeAsync();
        await limits.DisposeAsync();

        Assert.That((_leases.TakenOfMinute, _leases.TakenOfDay), Is.EqualTo((4 + 1, 4 + 1)));
    }

    [Test]
    public async Task Nothing_is_sent_while_nobody_can_tell_what_others_send()
    {
        var gate = Process(perMinute: 300, atOnce: 1);
        _leases.IsAway = true;
        using var refused = await gate.EnterAsync(CancellationToken.None);

        Assert.That(refused.Refusal!.Code, Is.EqualTo("REQUEST_LIMIT_UNKNOWN"));
        Assert.That((refused.Refusal.SpendsAttempt, refused.Refusal.RetryAfter), Is.EqualTo((false, TimeSpan.FromMinutes(1))));

        _leases.IsAway = false;
        Assert.That(await EntersAsync(gate), Is.False, "those that wait behind it do not ask again at once");
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.That(await EntersAsync(gate), Is.True);
    }

    [Test]
    public async Task A_question_that_fails_costs_no_place()
    {
        var gate = Process(perMinute: 300, atOnce: 1);
        _leases.Fault = new SocketException();
        Assert.ThrowsAsync<SocketException>(() => gate.EnterAsync(CancellationToken.None));

        _leases.Fault = null;
        Assert.That(await EntersAsync(gate).WaitAsync(TimeSpan.FromSeconds(30)), Is.True);
    }

    private RequestGate Process(int perMinute, int atOnce = 10) => Limits(perMinute, atOnce).Gate("a-project", RequestKind.Ingest);

    private ProjectLimits Limits(int perMinute, int atOnce) => new(
        Options.Create(new DataManagerOptions
        {
            RequestsPerMinute = perMinute,
            ConcurrentRequests = atOnce,
            LimitWait = TimeSpan.FromSeconds(1),
        }),
        _leases,
        _time,
        NullLogger<ProjectLimits>.Instance);

    private static async Task<bool> EntersAsync(RequestGate gate)
    {
        using var permit = await gate.EnterAsync(CancellationToken.None);
        return permit.Refusal is null;
    }
}
