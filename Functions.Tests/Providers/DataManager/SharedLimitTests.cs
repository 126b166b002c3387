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
    public async Task A_process_that_dies_takes_its_lease_with_it_and_no_more()
    {
        var (dead, alive) = (Process(perMinute: 50), Process(perMinute: 50));
        await EntersAsync(dead);

        var permits = 0;
        while (await EntersAsync(alive))
            permits++;

        Assert.That(permits, Is.EqualTo(45), "a lease is a tenth");
    }

    [Test]
    public async Task Thirty_requests_ask_once_and_those_at_once_too()
    {
        var gate = Process(perMinute: 300);

        var entered = await Task.WhenAll(Enumerable.Range(0, 30).Select(_ => EntersAsync(gate)));
        Assert.That(entered, Is.All.True);
        Assert.That(_leases.Questions, Is.EqualTo(1));

        await EntersAsync(gate);
        Assert.That(_leases.Questions, Is.EqualTo(2));
    }

    [Test]
    public async Task What_a_minute_leaves_of_a_lease_is_no_ones_and_goes_back_to_the_day()
    {
        var gate = Process(perMinute: 300);
        for (var minute = 0; minute < 10; minute++)
        {
            await EntersAsync(gate);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.That(_leases.Questions, Is.EqualTo(10), "none is used in the next minute");
        Assert.That(_leases.TakenOfDay, Is.EqualTo(10 + 29), "sent, and the last lease's rest");
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

    private RequestGate Process(int perMinute, int atOnce = 10) => new ProjectLimits(
        Options.Create(new DataManagerOptions
        {
            RequestsPerMinute = perMinute,
            ConcurrentRequests = atOnce,
            LimitWait = TimeSpan.FromSeconds(1),
        }),
        _leases,
        _time,
        NullLogger<ProjectLimits>.Instance).Gate("a-project", RequestKind.Ingest);

    private static async Task<bool> EntersAsync(RequestGate gate)
    {
        using var permit = await gate.EnterAsync(CancellationToken.None);
        return permit.Refusal is null;
    }
}
