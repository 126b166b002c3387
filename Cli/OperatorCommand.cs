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

/// <summary>What every command of an operator has: a database, <c>--json</c>, and one way to fail.</summary>
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
                // In the worker's own words, where it is a setting; if not, it is thrown as it was.
                SettingsCheck.Run(
                    services.GetRequiredService<IConfiguration>(), ExceptionDispatchInfo.Capture(exception).Throw);
                throw;
            }
        }));
        return command;
    }
}

/// <summary>The worker's own jobs and stores, put together for one command. Settings are the environment's.</summary>
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

/// <summary>Who is named in the audit.</summary>
internal static class Actor
{
    private const int MaxLength = 100;

    public static Option<string> CreateOption()
    {
        var option = new Option<string>("--as")
        {
            Description = "Your name in the audit.",
            DefaultValueFactory = _ => $"{Environment.UserName}@{Environment.MachineName}",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is { } name && (name.Trim().Length == 0 || name.Length > MaxLength))
                result.AddError($"--as: 1 to {MaxLength} characters.");
        });
        return option;
    }
}
