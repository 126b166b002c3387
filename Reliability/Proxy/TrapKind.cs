namespace OpsMantik.Reliability.Proxy;

/// <summary>Where a statement is held; nothing goes on until the trap is opened or the connection dropped.</summary>
internal enum TrapKind
{
    /// <summary>Sent by the worker, not yet seen by the server.</summary>
    BeforeStatement,

    /// <summary>Executed, its transaction not yet committed: the server waits for the end of the message.</summary>
    BeforeCommit,

    /// <summary>Committed and answered; the worker has not seen the answer.</summary>
    BeforeAnswer,
}
