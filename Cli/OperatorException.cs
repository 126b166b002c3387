namespace OpsMantik.Cli;

/// <summary>Something that whoever typed the command can put right; the message says how and holds no secret.</summary>
internal sealed class OperatorException(string message) : Exception(message);
