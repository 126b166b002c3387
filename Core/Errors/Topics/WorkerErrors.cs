using static OpsMantik.Core.Errors.Responsible;

namespace OpsMantik.Core.Errors.Topics;

/// <summary>The worker's own faults.</summary>
internal static class WorkerErrors
{
    public static IReadOnlyList<ErrorMeaning> All { get; } =
    [
        .. Entries.Of("The worker", Operator, "The worker met an error of its own; the rows are tried again.",
            "Find the error in the worker's log and report it.",
            "WORKER_ERROR", "RPC_DEADLINE_TOO_SHORT"),
    ];
}
