using System.Text.Json;
using OpsMantik.Core.Providers;
using OpsMantik.Core.Vault;

namespace OpsMantik.Benchmarks;

/// <summary>Takes every conversion after a wait, or at once, and counts: what is left is the worker's own cost.</summary>
internal sealed class TimedProvider(TimeSpan latency) : IConversionProvider
{
    private int _calls;
    private int _rows;

    public string Key => "google_ads";

    public int MaxBatchSize => 2_000;

    public int Calls => _calls;

    public int Rows => _rows;

    public string? FindFault(JsonElement credentials) => null;

    public async Task<IReadOnlyList<UploadOutcome>> UploadAsync(
        OpenedCredential credential, IReadOnlyList<Conversion> conversions, CancellationToken cancellationToken)
    {
        // Read as Google's provider reads it.
        using var document = credential.Parse();
        Interlocked.Increment(ref _calls);
        Interlocked.Add(ref _rows, conversions.Count);
        if (latency > TimeSpan.Zero)
            await Task.Delay(latency, TimeProvider.System, cancellationToken);
        var outcomes = new UploadOutcome[conversions.Count];
        Array.Fill(outcomes, UploadOutcome.Completed());
        return outcomes;
    }
}
