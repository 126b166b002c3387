using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Runs;
using OpsMantik.Reliability.Fuzz.Http;
using OpsMantik.Reliability.Fuzz.Requests;

namespace OpsMantik.Reliability.Fuzz;

/// <summary>Sends generated requests to the worker under each host and checks what comes back, what is stored and logged.</summary>
internal sealed class FuzzRun(FuzzEnvironment environment, int seed)
{
    private const int AtOnce = 4;

    private readonly ConcurrentQueue<string> _broken = [];
    private readonly ConcurrentQueue<Guid> _accepted = [];
    private readonly ConcurrentDictionary<int, int> _statuses = [];
    private int _unanswered;

    /// <summary>How often each status was answered: a fuzzer that only ever meets 400 tests little.</summary>
    public IReadOnlyDictionary<int, int> Statuses => _statuses;

    /// <param name="first">Index of the first request; one failing request is had again by its index and a count of 1.</param>
    public async Task<ScenarioResult> RunAsync(int first, int requests)
    {
        var generator = new RequestGenerator(seed, environment.Sites);
        await Parallel.ForEachAsync(
            Enumerable.Range(first, requests),
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
            async (index, _) => await TryAsync(generator.Make(index)));

        foreach (var target in environment.RequestTargets)
        {
            Break(await HealthAsync(target));
            Break(target.Offences.Select(line => $"logged: {line}"));
        }

        Break(await EndlessBodies.FindFaultsAsync(environment.Own));
        Break(await StoredCheck.FindFaultsAsync(environment, _accepted, _unanswered));
        var lost = await LostAsync();
        return new ScenarioResult(
            "fuzz", 1, requests, lost, environment.Google.EffectCount - (FuzzEnvironment.Rows - lost), 0, 0, TimeSpan.Zero, [.. _broken]);
    }

    private async Task TryAsync(FuzzRequest request)
    {
        try
        {
            var target = request.UnderHost && environment.UnderHost is { } hosted ? hosted : (FuzzTarget)environment.Own;
            var answers = await RawClient.SendAsync(target.Address, request.Parts, request.Breaks, request.Method);
            foreach (var answer in answers)
                _statuses.AddOrUpdate(answer.Status, 1, (_, count) => count + 1);
            if (answers.Count == 0)
                Interlocked.Increment(ref _unanswered);
            foreach (var site in answers.Where(answer => answer.Status == 200).Select(SeededSite).OfType<Guid>())
                _accepted.Enqueue(site);
            foreach (var fault in AnswerCheck.FindFaults(request, answers, target is HostedTarget))
                _broken.Enqueue($"seed {seed} {request}: {fault}");
        }
        catch (Exception exception) when (exception is TimeoutException or FormatException or IOException)
        {
            _broken.Enqueue($"seed {seed} {request}: {exception.Message}");
        }
    }

    private static Guid? SeededSite(Answer answer)
    {
        // Nothing, or the status page.
        if (!answer.Text.StartsWith('{'))
            return null;
        using var json = JsonDocument.Parse(answer.Text);
        return json.RootElement.TryGetProperty("site_id", out var site) ? site.GetGuid() : null;
    }

    private static async Task<IReadOnlyList<string>> HealthAsync(FuzzTarget target)
    {
        using var http = new HttpClient { BaseAddress = target.Address };
        using var response = await http.GetAsync("/api/health");
        return response.IsSuccessStatusCode ? [] : [$"health afterwards: {(int)response.StatusCode}"];
    }

    // What the fuzzed runs left is uploaded now: bad input must not have cost a row.
    private async Task<long> LostAsync()
    {
        await environment.Own.Services.GetRequiredService<UploadRun>().RunAsync(new UploadRequest(), CancellationToken.None);
        return await environment.Database.ScalarAsync<long>(
            "select count(*) from offline_conversion_queue q where q.status <> 'COMPLETED'");
    }

    private void Break(IEnumerable<string> faults)
    {
        foreach (var fault in faults)
            _broken.Enqueue($"seed {seed}: {fault}");
    }
}
