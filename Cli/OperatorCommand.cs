using System.CommandLine;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using OpsMantik.Core;
using OpsMantik.Web;

namespace OpsMantik.Cli;

/// <summary>What all operator commands share: a database, <c>--json</c>, and how errors are reported.</summary>
internal static class OperatorCommand
{
    /// <param name="run">Gets the worker's services, what was typed, and where to answer; returns the exit code.</param>
    public static Command Create(
        string name,
        string description,
        string[] examples,
        Option[] options,
        Func<IServiceProvider, ParseResult, CommandOutput, CancellationToken, Task<int>> run)
    {
        var database = DatabaseOption.Create();
        var json = JsonOption.Create();
        var command = new CommandWithExamples(name, description, examples) { database, json };
        foreach (var option in options)
            command.Add(option);
        command.SetAction((parsed, stopping) => ErrorReport.GuardAsync(async () =>
        {
            var connection = DatabaseOption.Read(parsed.GetValue(database));
            await using var services = OperatorServices.Create(await DatabaseIdentity.SignInAsync(connection, stopping));
            try
            {
                return await run(services, parsed, new CommandOutput(parsed.GetValue(json)), stopping);
            }
            catch (Exception exception) when (exception is OptionsValidationException or InvalidOperationException)
            {
                // A fault of the settings is reported as the worker reports it; anything else is thrown as it was.
                SettingsCheck.Run(
                    services.GetRequiredService<IConfiguration>(), ExceptionDispatchInfo.Capture(exception).Throw);
                throw;
            }
        }, parsed));
        return command;
    }
}

/// <summary>The worker's services, built for one command from the settings of the environment.</summary>
internal static class OperatorServices
{
    /// <param name="connectionString">Opens by itself: with its password or a token.</param>
    public static ServiceProvider Create(string connectionString)
    {
        var configuration = new ConfigurationBuilder()
            .AddEnvironmentVariables()
            .AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["ConnectionStrings:OpsMantik"] = connectionString,
                // A token, where one is needed, stands in the connection string already.
                ["Database:Authentication"] = "Password",
            })
            .Build();
        return new ServiceCollection()
            .AddSingleton<IConfiguration>(configuration)
            .AddLogging(logging => logging
                .SetMinimumLevel(LogLevel.Warning)
                .AddFilter("OpsMantik", LogLevel.Information)
                .AddSimpleConsole(options => options.SingleLine = true)
                // Standard output is the command's output.
                .Services.Configure<ConsoleLoggerOptions>(
                    options => options.LogToStandardErrorThreshold = LogLevel.Trace))
            .AddOpsMantikCore(configuration)
            .BuildServiceProvider();
    }
}
