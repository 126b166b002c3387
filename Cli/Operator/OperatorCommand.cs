using System.CommandLine;
using Microsoft.Extensions.Options;
using OpsMantik.Cli.Help;
using OpsMantik.Functions.Identity;

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
            catch (OptionsValidationException exception)
            {
                throw new OperatorException(string.Join("; ", exception.Failures));
            }
        }));
        return command;
    }
}
