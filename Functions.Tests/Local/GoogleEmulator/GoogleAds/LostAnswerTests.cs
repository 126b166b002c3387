using System.Net;
using OpsMantik.Functions.Tests.Support;
using OpsMantik.Local.GoogleEmulator;

namespace OpsMantik.Functions.Tests.Local.GoogleEmulator.GoogleAds;

public class LostAnswerTests : EmulatorFixture
{
    [Test]
    public async Task A_cut_connection_counts_the_delivery_and_no_conversion()
    {
        Emulator.SetBehaviour(null, CallBehaviour.Cut);

        await AssertCutAsync();

        Assert.That(Emulator.OrderOf(Customer, "sale-1"), Is.EqualTo(new OrderCount(Customer, "sale-1", 1, 0)));
        Assert.That(Emulator.Calls.Single().Status, Is.Null);
    }

    [Test]
    public async Task A_connection_cut_after_accepting_loses_the_answer_and_the_next_delivery_already_exists()
    {
        Emulator.QueueBehaviour(null, CallBehaviour.CutAfterAccept);

        await AssertCutAsync();
        var (_, json) = await UploadAsync(Row(1));

        Assert.That(Emulator.OrderOf(Customer, "sale-1"), Is.EqualTo(new OrderCount(Customer, "sale-1", 2, 1)));
        Assert.That(Summaries(json), Is.EqualTo(
            ["conversionUploadError/CLICK_CONVERSION_ALREADY_EXISTS at conversions[0].gclid"]));
    }

    [Test]
    public async Task A_hanging_call_is_listed_and_counts_nothing()
    {
        Emulator.SetBehaviour(null, CallBehaviour.Hang);
        using var leaving = new CancellationTokenSource();
        var call = Http.PostAsync(Path(), Content(Request(Row(1))), leaving.Token);
        await Eventually.TrueAsync(() => Emulator.Calls.Count == 1);

        Assert.That((call.IsCompleted, Emulator.Calls[0].Status, Emulator.EffectCount), Is.EqualTo(
            (false, (int?)null, 0L)));
        await leaving.CancelAsync();
        Assert.That(async () => await call, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task A_call_that_hangs_after_accepting_counts()
    {
        Emulator.SetBehaviour(null, CallBehaviour.HangAfterAccept);
        using var leaving = new CancellationTokenSource();
        var call = Http.PostAsync(Path(), Content(Request(Row(1))), leaving.Token);

        await Eventually.TrueAsync(() => Emulator.EffectCount == 1);

        Assert.That(call.IsCompleted, Is.False);
        await leaving.CancelAsync();
        Assert.That(async () => await call, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task Stopping_the_emulator_ends_calls_that_hang()
    {
        Emulator.SetBehaviour(null, CallBehaviour.Hang);
        var call = Http.PostAsync(Path(), Content(Request(Row(1))));
        await Eventually.TrueAsync(() => Emulator.Calls.Count == 1);

        await Emulator.DisposeAsync();

        Assert.That(async () => await call, Throws.InstanceOf<HttpRequestException>());
    }

    [Test]
    public async Task Latency_answers_normally_after_the_delay()
    {
        Emulator.SetBehaviour(null, CallBehaviour.Latency(TimeSpan.FromMinutes(1)));
        var call = UploadAsync(Row(1));
        await Eventually.TrueAsync(() => Emulator.Calls.Count == 1);
        Assert.That(Emulator.EffectCount, Is.Zero);

        await AdvanceUntilDoneAsync(call, TimeSpan.FromMinutes(1));

        Assert.That((await call).Status, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(Emulator.EffectCount, Is.EqualTo(1));
    }

    [Test]
    public async Task A_slow_answer_starts_at_once_and_arrives_whole()
    {
        Emulator.SetBehaviour(null, CallBehaviour.SlowDrip(TimeSpan.FromSeconds(1)));
        using var request = new HttpRequestMessage(HttpMethod.Post, Path()) { Content = Content(Request(Row(1))) };

        using var response = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        var body = response.Content.ReadAsStringAsync();
        Assert.That(body.IsCompleted, Is.False);
        await AdvanceUntilDoneAsync(body, TimeSpan.FromSeconds(1));

        Assert.That(await body, Does.StartWith("{\"results\":[{\"gclid\":\"click-1\"").And.EndsWith("}]}"));
    }

    private async Task AssertCutAsync()
    {
        var thrown = Assert.ThrowsAsync<HttpRequestException>(() => UploadAsync(Row(1)));
        Assert.That(thrown.StatusCode, Is.Null);
        await Eventually.TrueAsync(() => Emulator.Calls.Count == 1);
    }

    private Task AdvanceUntilDoneAsync(Task task, TimeSpan step) => Eventually.TrueAsync(() =>
    {
        Time.Advance(step);
        return task.IsCompleted;
    });
}
