using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.OpenTelemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpsMantik.Functions;
using OpsMantik.Web;

return await WorkerApp.RunAsync(() =>
{
    var builder = FunctionsApplication.CreateBuilder(args);
    builder.ConfigureFunctionsWebApplication();
    builder.UseMiddleware<InvocationsInFlight>();
    builder.Services.AddHostedService(services => services.GetRequiredService<InvocationsInFlight>());
    DropDataProtection(builder.Services);
    // Tells the host that the worker sends its own telemetry; else the host would send each log record a second time.
    WorkerApp.AddTo(builder, services => services.AddOpenTelemetry().UseFunctionsWorkerDefaults());
    // The host has bounded the body (FUNCTIONS_REQUEST_BODY_SIZE_LIMIT) and sends all of it before it reads an answer: what
    // is refused unread must be taken off the connection, or the host would answer 502 in place of our 413.
    builder.Services.PostConfigure<KestrelServerOptions>(options => options.Limits.MaxRequestBodySize = null);
    return WorkerApp.Build(builder.Configuration, builder.Build);
});

// MVC comes with the ASP.NET Core integration and makes keys for cookies and forms at start. We have neither, and the keys
// would be written to the disk in the open, with a warning, at every cold start.
static void DropDataProtection(IServiceCollection services)
{
    foreach (var service in services.Where(service => service.ServiceType == typeof(IHostedService)
        && service.ImplementationType?.Name == "DataProtectionHostedService").ToList())
    {
        services.Remove(service);
    }
}
