using Npgsql;
using OpsMantik.Cli.Sales;
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
            return Say("Stopped.", ExitCodes.Interrupted);
        }
        catch (MigrationException exception)
        {
            return Say(exception.Message + DatabaseHint.OfMigration(exception.InnerException), ExitCodes.Failure);
        }
        catch (Exception exception) when (Describe(exception) is { } message)
        {
            return Say(message, ExitCodes.Unusable);
        }
    }

    internal static string? Describe(Exception exception) => exception switch
    {
        OperatorException or SalesFileException or EntraTokenException => exception.Message,
        SettingsException settings => $"The settings are refused: {string.Join("; ", settings.Faults)}",
        _ when IsDatabase(exception) && DatabaseErrors.IsUnavailable(exception) =>
            $"The database cannot be reached: {Reason(exception)}",
        PostgresException refused =>
            $"The database refused: {refused.MessageText} ({refused.SqlState}){DatabaseHint.Of(refused)}",
        HttpRequestException away => $"The worker does not answer: {away.Message}",
        IOException io => io.Message,
        _ => null,
    };

    private static bool IsDatabase(Exception exception) => exception is NpgsqlException or TimeoutException;

    // The driver says "failed to connect"; why is in the exception below.
    private static string Reason(Exception exception) => exception switch
    {
        PostgresException refused => $"{refused.MessageText} ({refused.SqlState})",
        { InnerException: { } inner } when inner.Message != exception.Message =>
            $"{exception.Message} ({inner.Message})",
        _ => exception.Message,
    };

    private static int Say(string message, int exitCode)
    {
        Console.Error.WriteLine(message);
        return exitCode;
    }
}
