using System.CommandLine;
using System.Runtime.ExceptionServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpsMantik.Cli.Help;
using OpsMantik.Web;

namespace OpsMantik.Cli.Operator;

/// <summary>What every command of an operator has: a database, <c>--json</c>, and one way to fail.</summary>
internal static class OperatorCommand
{
    /// <param name="run">Gets the worker's services, what was typed, and where to answer; returns the exit code.</param>
    public static Command Create(
        string name,
        string description,
        string[] examples,
        Option[] options,
        Func<IServiceProvider, ParseResult, Answer, CancellationToken, Task<int>> run)
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
                return await run(services, parsed, new Answer(parsed.GetValue(json)), stopping);
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
