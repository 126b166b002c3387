using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Metrics;

namespace OpsMantik.Functions.Tests.Support;

/// <summary>Instruments for parts that a test puts together by hand.</summary>
internal static class TestInstruments
{
    public static Instruments New(TimeProvider? time = null) => Services(time).GetRequiredService<Instruments>();

    /// <summary>With the factory of their meter, which tells it from those of other tests.</summary>
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
