using System.CommandLine;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Web;

namespace OpsMantik.Cli;

/// <summary>Turns what stops a command into a message on standard error, whose last line is what to type next, and an exit code. Bugs pass.</summary>
internal static class ErrorReport
{
    /// <param name="command">What was typed does this.</param>
    /// <param name="parsed">What was typed: where no other command leads on, its help does.</param>
    public static async Task<int> GuardAsync(Func<Task<int>> command, ParseResult? parsed = null)
    {
        try
        {
            return await command();
        }
        catch (OperationCanceledException)
        {
            return Write("Stopped.", null, ExitCodes.Interrupted);
        }
        catch (MigrationException exception)
        {
            return Write(exception.Message + DatabaseHint.OfMigration(exception.InnerException), "opsmantik migrate --plan", ExitCodes.Failure);
        }
        catch (Exception exception) when (Describe(exception) is { } message)
        {
            return Write(message, NextOf(exception) ?? HelpOf(parsed), ExitCodes.Unusable);
        }
    }

    /// <summary>After what the parser has said of a line that it cannot read.</summary>
    public static int WriteNext(ParseResult parsed) => WriteNext(HelpOf(parsed));

    /// <summary>After what a part that is not of the command line has said.</summary>
    public static int WriteNext(string next) => Write(null, next, ExitCodes.Unusable);

    internal static string? Describe(Exception exception) => exception switch
    {
        OperatorException or EntraTokenException => exception.Message,
        SettingsException settings => $"The settings are refused: {string.Join("; ", settings.Faults)}",
        _ when IsDatabase(exception) && DatabaseErrors.IsUnavailable(exception) =>
            $"The database cannot be reached: {DatabaseErrors.Reason(exception)}",
        PostgresException refused =>
            $"The database refused: {refused.MessageText} ({refused.SqlState}){DatabaseHint.Of(refused)}",
        HttpRequestException unreachable => $"The worker does not answer: {unreachable.Message}",
        IOException io => io.Message,
        _ => null,
    };

    private static bool IsDatabase(Exception exception) => exception is NpgsqlException or TimeoutException;

    private static string? NextOf(Exception exception) => exception switch
    {
        OperatorException refused => refused.Next,
        PostgresException refused when DatabaseHint.IsOldSchema(refused) => "opsmantik migrate",
        IOException => null,
        _ => "opsmantik doctor",
    };

    private static string HelpOf(ParseResult? parsed)
    {
        var names = parsed?.CommandResult.Command is { } command
            ? command.Parents.OfType<Command>().Reverse().Append(command).Where(each => each is not RootCommand).Select(each => each.Name)
            : [];
        return string.Join(' ', ["opsmantik", .. names, "--help"]);
    }

    private static int Write(string? message, string? next, int exitCode)
    {
        Console.Error.WriteVisible(string.Join('\n', ((string?[])[message, next is null ? null : $"Next: {next}"]).OfType<string>()));
        return exitCode;
    }
}

/// <summary>Something that whoever typed the command can put right; the message says how and holds no secret.</summary>
/// <param name="next">The command to type next; null where the help of this one says more.</param>
internal sealed class OperatorException(string message, string? next = null) : Exception(message)
{
    public string? Next => next;
}

/// <summary>What the process tells its caller.</summary>
internal static class ExitCodes
{
    public const int Success = 0;

    /// <summary>The command ran, and what it did or looked at is not as it should be.</summary>
    public const int Failure = 1;

    /// <summary>The command could not run: arguments, database, port or machine are in the way.</summary>
    public const int Unusable = 2;

    /// <summary>Ctrl+C before there was a result, as shells count it.</summary>
    public const int Interrupted = 130;

    /// <summary>As the help tells them.</summary>
    public static IReadOnlyList<(int Code, string Meaning)> Meanings { get; } =
    [
        (Success, "Done, and all is as it should be."),
        (Failure, "Done, but what it did or looked at is not as it should be; or the question was answered with no."),
        (Unusable, "Not done: arguments, file, settings or database are in the way. Standard error says which."),
        (Interrupted, "Stopped by Ctrl+C."),
    ];
}
