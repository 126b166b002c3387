using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Web;

namespace OpsMantik.Cli;

/// <summary>Turns what stops a command into one message on standard error and an exit code. Bugs pass.</summary>
internal static class ErrorReport
{
    public static async Task<int> GuardAsync(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (OperationCanceledException)
        {
            return Write("Stopped.", ExitCodes.Interrupted);
        }
        catch (MigrationException exception)
        {
            return Write(exception.Message + DatabaseHint.OfMigration(exception.InnerException), ExitCodes.Failure);
        }
        catch (Exception exception) when (Describe(exception) is { } message)
        {
            return Write(message, ExitCodes.Unusable);
        }
    }

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

    private static int Write(string message, int exitCode)
    {
        Console.Error.WriteVisible(message);
        return exitCode;
    }
}

/// <summary>Something that whoever typed the command can put right; the message says how and holds no secret.</summary>
internal sealed class OperatorException(string message) : Exception(message);

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
