namespace OpsMantik.Cli.Demo;

/// <param name="Database">The user's PostgreSQL as a connection string; null starts a private one.</param>
/// <param name="Once">End after the table.</param>
/// <param name="Json">The summary as the last line of standard output; people read standard error.</param>
/// <param name="EnvFile">Written when all is up: what another terminal needs for the operator's commands.</param>
internal sealed record DemoOptions(string? Database, bool Once, bool Json, FileInfo? EnvFile)
{
    public override string ToString() => "[redacted]";
}
