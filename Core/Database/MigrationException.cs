namespace OpsMantik.Core.Database;

/// <summary>A script failed and was rolled back; those before it stay applied.</summary>
public sealed class MigrationException(string script, Exception cause)
    : Exception($"Migration {script} failed and was rolled back: {cause.Message}", cause);
