using System.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using OpsMantik.Web;
using OpsMantik.Web.Endpoints;

namespace OpsMantik.Cli.Serve;

/// <summary><c>opsmantik serve</c>: the worker without Azure.</summary>
internal static class ServeCommand
{
    public static Command Create()
    {
        var command = new CommandWithExamples(
            "serve",
            "Runs the worker: the schedules, the HTTP endpoints and the status page, until Ctrl+C or SIGTERM; then it writes "
            + "back what is in flight, within 20 seconds. For a laptop, a container or a virtual machine; on Azure the function "
            + "app does the same. Settings come from the environment, or from a local.settings.json in the working folder.",
            "opsmantik serve",
            "ASPNETCORE_URLS=http://+:8080 opsmantik serve");
        command.SetAction(async (_, stopping) =>
            await WorkerApp.RunAsync(() => WorkerServer.Create(), stopping) == 0
                ? ExitCodes.Success
                : ErrorReport.WriteNext("opsmantik doctor"));
        return command;
    }
}

/// <summary>The worker under a web server of its own, which runs the schedules too.</summary>
public static class WorkerServer
{
    /// <summary>Builds the worker and checks every setting; nothing listens or runs yet.</summary>
    /// <param name="configure">Adds settings that override those of the environment.</param>
    /// <param name="services">Changes what was registered; the last word.</param>
    /// <exception cref="SettingsException">Settings are missing or faulty.</exception>
    public static WebApplication Create(
        Action<IConfigurationBuilder>? configure = null, Action<WebApplicationBuilder>? services = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Configuration
            .AddLocalSettings(Directory.GetCurrentDirectory(), AppContext.BaseDirectory)
            .AddEnvironmentVariables();
        configure?.Invoke(builder.Configuration);

        AddConsole(builder.Logging);
        builder.WebHost.UseKestrelCore().UseUrls(ListenAddress.Read(builder.Configuration));
        builder.Services.AddRoutingCore();
        WorkerApp.AddTo(builder);
        builder.Services.AddSingleton<FunctionSwitches>();
        builder.Services.AddHostedService<ScheduleService>();
        services?.Invoke(builder);

        var app = WorkerApp.Build(
            builder.Configuration,
            builder.Build,
            () => SettingsCheck.Refuse(FunctionSwitches.FindFaults(builder.Configuration)));
        Map(app);
        return app;
    }

    private static void Map(WebApplication app)
    {
        var pipeline = app.Services.GetRequiredService<EndpointPipeline>();
        var switches = app.Services.GetRequiredService<FunctionSwitches>();
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(WorkerServer));
        foreach (var function in FunctionNames.All.Where(switches.IsOff))
            logger.FunctionOff(function);
        foreach (var endpoint in app.Services.GetServices<IEndpoint>().Where(endpoint => !switches.IsOff(endpoint.Function)))
            app.Map(Routes.PathOf(endpoint.Route), context => AnswerAsync(context, pipeline.HandleAsync(endpoint.Function, context)));
        app.MapFallback("{*path}", context => AnswerAsync(context, Task.FromResult(Web.Endpoints.Answer.NotFound())));
    }

    private static async Task AnswerAsync(HttpContext context, Task<IResult> answer)
    {
        try
        {
            await (await answer).ExecuteAsync(context);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to be answered.
        }
    }

    private static void AddConsole(ILoggingBuilder logging) => logging.AddSimpleConsole(options =>
    {
        options.SingleLine = true;
        options.IncludeScopes = true;
        options.UseUtcTimestamp = true;
        options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        options.ColorBehavior = LoggerColorBehavior.Disabled;
    });
}
