using Microsoft.Azure.Functions.Worker;
using OpsMantik.Web;

namespace OpsMantik.Functions;

/// <summary>The timer functions, on the schedules that the settings hold.</summary>
internal sealed class TimerFunctions(TimerRunner runner)
{
    [Function(FunctionNames.ProcessOfflineConversionsTimer)]
    public Task ProcessOfflineConversionsTimer(
        [TimerTrigger("%" + Schedules.UploadSetting + "%")] TimerInfo timer, FunctionContext context) => RunAsync(context);

    [Function(FunctionNames.RecoverProcessingTimer)]
    public Task RecoverProcessingTimer(
        [TimerTrigger("%" + Schedules.RecoverySetting + "%")] TimerInfo timer, FunctionContext context) => RunAsync(context);

    [Function(FunctionNames.ConfirmUploadsTimer)]
    public Task ConfirmUploadsTimer(
        [TimerTrigger("%" + Schedules.ConfirmationSetting + "%")] TimerInfo timer, FunctionContext context) => RunAsync(context);

    [Function(FunctionNames.ReconcileUploadsTimer)]
    public Task ReconcileUploadsTimer(
        [TimerTrigger("%" + Schedules.ReconciliationSetting + "%")] TimerInfo timer, FunctionContext context) => RunAsync(context);

    // The host counts an invocation as failed only if it throws, and keeps what it throws: no inner exception.
    private async Task RunAsync(FunctionContext context)
    {
        var function = context.FunctionDefinition.Name;
        if (await runner.RunAsync(function, context.CancellationToken) is { } fault)
            throw new InvalidOperationException($"{function}: {fault}");
    }
}
