global using HostAdapter = OpsMantik.Functions.IsolatedWorker.WorkerHost;
global using HostApp = Microsoft.Extensions.Hosting.IHost;
global using HostAppBuilder = Microsoft.Azure.Functions.Worker.Builder.FunctionsApplicationBuilder;
using Microsoft.Azure.Functions.Worker.Builder;

namespace OpsMantik.Functions.IsolatedWorker;

/// <summary>The app as a worker of the Functions host, which calls its functions, the timers too.</summary>
internal static class WorkerHost
{
    /// <summary>Logs go to the host through the worker's own channel.</summary>
    public static bool LogsToConsole => false;

    public static FunctionsApplicationBuilder CreateBuilder(string[] args) => FunctionsApplication.CreateBuilder(args);

    public static void Configure(FunctionsApplicationBuilder builder)
    {
        builder.UseMiddleware<InvocationsInFlight>();
        builder.Services.AddHostedService(services => services.GetRequiredService<InvocationsInFlight>());
    }

    /// <summary>Nothing: the worker finds the functions by their attributes.</summary>
    public static void Finish(IHost app) { }
}
