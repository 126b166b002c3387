using System.CommandLine;
using Microsoft.Extensions.DependencyInjection;
using OpsMantik.Core.Database;
using OpsMantik.Core.Operations;
using OpsMantik.Core.Runs;
using OpsMantik.Core.Status;

namespace OpsMantik.Cli;

/// <summary>
/// <c>opsmantik upload|recover|confirm run</c>: the runs of the timers, by hand. Progress is on standard error.
/// </summary>
internal static class RunCommands
{
    public static Command Upload()
    {
        var limit = new Option<int?>("--limit") { Description = "Most rows over all sites. Default: until nothing is due." };
        limit.Validators.Add(ValueFormats.Range(1, 10_000));
        var (provider, actor) = (ProviderOption.Create(), ActorOption.Create());
        return new Command("upload", "Uploads by hand.")
        {
            OperatorCommand.Create(
                "run",
                "Uploads what is due, as the timer does. Needs OPSMANTIK_VAULT_KEY. Workers may run at the same time.",
                ["opsmantik upload run", "opsmantik upload run --limit 50 --json"],
                [limit, provider, actor],
                async (services, parsed, output, stopping) =>
                {
                    await CheckAsync(services, stopping);
                    var done = await services.GetRequiredService<UploadRun>().RunAsync(
                        new UploadRequest(parsed.GetValue(provider)!, parsed.GetValue(limit)), stopping);
                    await RecordAsync(services, parsed.GetValue(actor)!, "upload run", parsed.GetValue(provider), done.Processed);
                    output.Write(done, console => console.Verbatim(
                        $"processed={done.Processed} completed={done.Completed} failed={done.Failed} retry={done.Retry} "
                        + $"submitted={done.Submitted} corrected={done.Corrected}"));
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
        age.Validators.Add(ValueFormats.Range(1, 1_440));
        var actor = ActorOption.Create();
        return new Command("recover", "Returns rows of dead workers by hand.")
        {
            OperatorCommand.Create(
                "run",
                "Returns rows that a dead worker left PROCESSING to the queue, attempts untouched.",
                ["opsmantik recover run", "opsmantik recover run --min-age-minutes 30"],
                [age, actor],
                async (services, parsed, output, stopping) =>
                {
                    await CheckAsync(services, stopping);
                    var ticks = services.GetRequiredService<WorkerTicks>();
                    var recovered = await ticks.AfterAsync(
                        WorkerTicks.Recovery,
                        services.GetRequiredService<RecoveryRun>().RunAsync(parsed.GetValue(age), stopping));
                    await RecordAsync(services, parsed.GetValue(actor)!, "recover run", null, recovered);
                    output.Write(new { recovered }, console => console.Verbatim($"recovered={recovered}"));
                    return ExitCodes.Success;
                }),
        };
    }

    public static Command Confirm()
    {
        var actor = ActorOption.Create();
        return new Command("confirm", "Asks about submitted rows by hand.")
        {
            OperatorCommand.Create(
                "run",
                "Asks Google what became of the submitted requests that are due. Needs OPSMANTIK_VAULT_KEY.",
                ["opsmantik confirm run", "opsmantik confirm run --json"],
                [actor],
                async (services, parsed, output, stopping) =>
                {
                    await CheckAsync(services, stopping);
                    var ticks = services.GetRequiredService<WorkerTicks>();
                    var done = await ticks.AfterAsync(
                        WorkerTicks.Confirm, services.GetRequiredService<ConfirmRun>().RunAsync(stopping));
                    await RecordAsync(
                        services, parsed.GetValue(actor)!, "confirm run", null, done.Completed + done.Failed + done.Retry);
                    output.Write(done, console => console.Verbatim(
                        $"checked={done.Checked} completed={done.Completed} failed={done.Failed} retry={done.Retry} "
                        + $"pending={done.Pending}"));
                    return ExitCodes.Success;
                }),
        };
    }

    /// <exception cref="OperatorException">
    /// The run could not be recorded, or would take rows of the dashboard's own: it is not made.
    /// </exception>
    private static async Task CheckAsync(IServiceProvider services, CancellationToken stopping)
    {
        if (!await services.GetRequiredService<OperatorAudit>().CanRecordAsync(stopping))
            throw new OperatorException($"Nothing was done, for it could not be recorded in operator_audit: {DatabaseHint.NeedsOperator}", "opsmantik doctor");
        if (await services.GetRequiredService<DatabaseCheck>().CheckAsync(stopping) is { SeesRowsOfOthers: true, RoleFault: { } fault })
            throw new OperatorException($"Nothing was done: {fault}");
    }

    // What was done is done, also when somebody pressed Ctrl+C meanwhile: it is on record either way.
    private static Task RecordAsync(IServiceProvider services, string actor, string action, string? provider, long rows) =>
        services.GetRequiredService<OperatorAudit>().RecordAsync(actor, action, provider, rows, CancellationToken.None);
}
