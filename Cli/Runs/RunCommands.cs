using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Cli.Operator;
using OpsMantik.Core.Runs;

namespace OpsMantik.Cli.Runs;

/// <summary><c>opsmantik upload|recover|confirm run</c>: the runs of the timers, by hand. Progress is on standard error.</summary>
internal static class RunCommands
{
    public static Command Upload()
    {
        var limit = new Option<int?>("--limit") { Description = "Most rows over all sites. Default: until nothing is due." };
        limit.Validators.Add(result => Between(result, 1, 10_000));
        var provider = ProviderOption.Create();
        return new Command("upload", "Uploads by hand.")
        {
            OperatorCommand.Create(
                "run",
                "Uploads what is due, as the timer does. Needs OPSMANTIK_VAULT_KEY. Workers may run at the same time.",
                ["opsmantik upload run", "opsmantik upload run --limit 50 --json"],
                [limit, provider],
                async (services, parsed, answer, stopping) =>
                {
                    var done = await services.GetRequiredService<UploadRun>().RunAsync(
                        new UploadRequest(parsed.GetValue(provider)!, parsed.GetValue(limit)), stopping);
                    answer.Give(done, screen => screen.Verbatim(
                        $"processed={done.Processed} completed={done.Completed} failed={done.Failed} retry={done.Retry} "
                        + $"submitted={done.Submitted}"));
                    return ExitCodes.Success;
                }),
        };
    }

    public static Command Recover()
    {
        var age = new Option<int>("--min-age-minutes")
        {
            Description = "Minutes since the claim, 1 to 1440.",
            DefaultValueFactory = _ => RecoveryRun.DefaultMinAgeMinutes,
        };
        age.Validators.Add(result => Between(result, 1, 1_440));
        return new Command("recover", "Returns rows of dead workers by hand.")
        {
            OperatorCommand.Create(
                "run",
                "Returns rows that a dead worker left PROCESSING to the queue, attempts untouched.",
                ["opsmantik recover run", "opsmantik recover run --min-age-minutes 30"],
                [age],
                async (services, parsed, answer, stopping) =>
                {
                    var recovered = await services.GetRequiredService<RecoveryRun>()
                        .RunAsync(parsed.GetValue(age), stopping);
                    answer.Give(new { recovered }, screen => screen.Verbatim($"recovered={recovered}"));
                    return ExitCodes.Success;
                }),
        };
    }

    public static Command Confirm() => new("confirm", "Asks about submitted rows by hand.")
    {
        OperatorCommand.Create(
            "run",
            "Asks Google what became of the submitted requests that are due. Needs OPSMANTIK_VAULT_KEY.",
            ["opsmantik confirm run"],
            [],
            async (services, _, answer, stopping) =>
            {
                var done = await services.GetRequiredService<ConfirmRun>().RunAsync(stopping);
                answer.Give(done, screen => screen.Verbatim(
                    $"checked={done.Checked} completed={done.Completed} failed={done.Failed} retry={done.Retry} "
                    + $"pending={done.Pending}"));
                return ExitCodes.Success;
            }),
    };

    private static void Between(System.CommandLine.Parsing.OptionResult result, int least, int most)
    {
        if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var number) && (number < least || number > most))
            result.AddError($"{result.IdentifierToken?.Value}: {least} to {most}.");
    }
}
