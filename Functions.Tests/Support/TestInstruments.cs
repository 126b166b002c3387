using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Metrics;

namespace OpsMantik.Functions.Tests.Support;

/// <summary>Instruments for parts that a test puts together by hand.</summary>
internal static class TestInstruments
{
    public static Instruments New(TimeProvider? time = null) => Services(time).GetRequiredService<Instruments>();

    /// <summary>With the factory of their meter, which distinguishes it from the meters of other tests.</summary>
    public static (Instruments Instruments, IMeterFactory Meters) NewWithMeters(TimeProvider time)
    {
        var services = Services(time);
        return (services.GetRequiredService<Instruments>(), services.GetRequiredService<IMeterFactory>());
    }

    private static ServiceProvider Services(TimeProvider? time) => new ServiceCollection()
        .AddSingleton<IConfiguration>(new ConfigurationBuilder().Build())
        .AddSingleton(time ?? TimeProvider.System)
        .AddInstruments()
        .BuildServiceProvider();
}

/// <summary>What the instruments of one worker measure, as <c>name attribute=value …</c>, attributes in order of name.</summary>
internal sealed class RecordedMetrics : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, double> _sums = [];
    private readonly ConcurrentDictionary<string, int> _counts = [];
    private readonly ConcurrentDictionary<string, Instrument> _instruments = [];

    public RecordedMetrics(IMeterFactory meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter.Scope, meters))
                return;
            _instruments[instrument.Name] = instrument;
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Keep(instrument, value, tags));
        _listener.Start();
    }

    public IReadOnlyCollection<Instrument> Instruments => [.. _instruments.Values];

    /// <summary>Everything of an instrument: sums of a counter or histogram, the last value of a gauge.</summary>
    public IReadOnlyDictionary<string, double> Of(string instrument)
    {
        _listener.RecordObservableInstruments();
        return _sums
            .Where(sum => sum.Key.Split(' ')[0] == instrument)
            .ToDictionary(sum => sum.Key[instrument.Length..].TrimStart(), sum => sum.Value);
    }

    /// <summary>How many points a histogram got, by attributes.</summary>
    public IReadOnlyDictionary<string, int> CountsOf(string instrument) => _counts
        .Where(count => count.Key.Split(' ')[0] == instrument)
        .ToDictionary(count => count.Key[instrument.Length..].TrimStart(), count => count.Value);

    public void Dispose() => _listener.Dispose();

    private void Keep(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var attributes = tags.ToArray().Select(tag => $" {tag.Key}={tag.Value}").Order(StringComparer.Ordinal);
        var key = instrument.Name + string.Concat(attributes);
        _sums.AddOrUpdate(key, value, (_, sum) => instrument.IsObservable ? value : sum + value);
        _counts.AddOrUpdate(key, 1, (_, count) => count + 1);
    }
}
