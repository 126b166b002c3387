using System.CommandLine;
using Npgsql;
using OpsMantik.Core.Database;
using OpsMantik.Web;

namespace OpsMantik.Cli;

/// <summary><c>opsmantik migrate</c>: brings a database up to date; the app itself never does.</summary>
internal static class MigrateCommand
{
    public static Command Create()
    {
        var database = new Option<string?>("--database")
        {
            Description = $"Connection string of a login that may alter the schema. Default: ${DatabaseOption.Variable}.",
            HelpName = "connection string",
        };
        var plan = new Option<bool>("--plan")
        {
            Description = "Change nothing: print the steps, what each statement locks and how many rows it writes.",
        };
        var (json, actor) = (JsonOption.Create(), ActorOption.Create());
        var command = new CommandWithExamples(
            "migrate",
            "Applies the schema scripts that a database lacks, all or none, builds the missing indexes, and says which; readers and "
            + "writers go on. Changes nothing where it cannot do all, and says why. Exit code 1 when a step fails or would be refused, 2 when "
            + "the database cannot be reached.",
            "opsmantik migrate --plan",
            "opsmantik migrate --database \"Host=...;Database=...;Username=postgres\"",
            "opsmantik migrate --json")
        {
            database, plan, json, actor,
        };
        command.SetAction((parsed, stopping) => ErrorReport.GuardAsync(() => parsed.GetValue(plan)
            ? PlanAsync(parsed.GetValue(database), new CommandOutput(parsed.GetValue(json)), stopping)
            : RunAsync(parsed.GetValue(database), parsed.GetValue(actor)!, new CommandOutput(parsed.GetValue(json)), stopping), parsed));
        return command;
    }

    private static async Task<int> PlanAsync(string? option, CommandOutput output, CancellationToken stopping)
    {
        var connection = DatabaseOption.Read(option);
        var location = ConnectionText.Describe(connection);
        var plan = MigrationPlan.Read(await DatabaseIdentity.SignInAsync(connection, stopping));
        output.Write(new { database = location, refusals = plan.Refusals, notes = plan.Notes, steps = plan.Steps }, console =>
        {
            foreach (var line in plan.ToLines())
                console.Verbatim(line);
            console.Verbatim(plan.Refusals.Count > 0 ? $"{location}: nothing would be changed"
                : plan.Steps.Count == 0 ? $"{location}: the schema is up to date"
                : $"{location}: nothing was changed");
        });
        return plan.Refusals.Count > 0 ? ExitCodes.Failure : ExitCodes.Success;
    }

    private static async Task<int> RunAsync(string? option, string actor, CommandOutput output, CancellationToken stopping)
    {
        var connection = DatabaseOption.Read(option);
        var location = ConnectionText.Describe(connection);
        var signedIn = await DatabaseIdentity.SignInAsync(connection, stopping);
        var applied = Apply(signedIn, output.WriteLine);
        if (applied.Count > 0)
            await SchemaMigrator.RecordAsync(signedIn, actor, applied, stopping);
        output.Write(new { database = location, applied }, console =>
        {
            foreach (var step in applied)
                console.Verbatim($"applied {step}");
            console.Verbatim(applied.Count == 0
                ? $"{location}: the schema is up to date"
                : $"{location}: {applied.Count} steps applied, the schema is up to date");
        });
        return ExitCodes.Success;
    }

    private static IReadOnlyList<string> Apply(string connection, Action<string> tell)
    {
        try
        {
            return SchemaMigrator.Migrate(connection, tell);
        }
        // Outside of the scripts: the journal's own table, which only its owner may guard.
        catch (PostgresException exception) when (exception.SqlState == PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new OperatorException(
                $"The database refused: {exception.MessageText} ({exception.SqlState}){DatabaseHint.OfMigration(exception)}");
        }
    }
}
