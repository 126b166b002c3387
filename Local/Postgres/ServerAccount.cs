namespace OpsMantik.Local.Postgres;

/// <summary>
/// The account the server runs as. PostgreSQL refuses root: root's server runs as <c>postgres</c>, else as
/// <c>nobody</c>; any other user's runs as that user.
/// </summary>
internal sealed class ServerAccount
{
    private static readonly TimeSpan ShortCommand = TimeSpan.FromSeconds(20);

    private readonly string? _user;
    private readonly Func<Command, Command> _wrap;

    private ServerAccount(string? user, Func<Command, Command> wrap) => (_user, _wrap) = (user, wrap);

    /// <summary>The tools that can run a program as another user, best first: only the first leaves no parent process behind.
    /// </summary>
    internal static IReadOnlyList<string> Launchers { get; } = ["setpriv", "runuser", "su"];

    /// <exception cref="PrivatePostgresException">There is no account that root could run the server as.</exception>
    public static async Task<ServerAccount> ChooseAsync(CancellationToken cancellation, string? launcher = null)
    {
        if (!Environment.IsPrivilegedProcess)
            return new ServerAccount(null, command => command);
        if (OperatingSystem.IsWindows())
            throw new PrivatePostgresException(
                "PostgreSQL does not run with an administrator's rights: start this from a terminal without them.");

        foreach (var user in (string[])["postgres", "nobody"])
        {
            if (await IdAsync("-u", user, cancellation) is not { } uid
                || await IdAsync("-g", user, cancellation) is not { } gid)
                continue;
            var tool = Launchers.Where(name => launcher is null || name == launcher)
                .Select(SearchPath.Find).OfType<string>().FirstOrDefault()
                ?? throw new PrivatePostgresException(
                    "PostgreSQL does not run as root, and none of setpriv, runuser and su is here to run it as "
                    + $"'{user}': start this as another user.");
            return new ServerAccount(user, command => Path.GetFileName(tool) switch
            {
                "setpriv" => command.RunWith(
                    tool, $"--reuid={uid}", $"--regid={gid}", "--clear-groups", "--"),
                "runuser" => command.RunWith(tool, "-u", user, "--"),
                _ => command.RunWith(tool, "-s", "/bin/sh", "-c", "exec \"$0\" \"$@\"", user, "--"),
            });
        }

        throw new PrivatePostgresException(
            "PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody': start this "
            + "as another user.");
    }

    public Command Run(Command command) => _wrap(command);

    /// <summary>
    /// The same in a session of its own where the system can (Linux): Ctrl+C in the terminal must end this process only, or
    /// the server would be gone before what still writes to it.
    /// </summary>
    public Command RunDetached(Command command) =>
        SearchPath.Find("setsid") is { } setsid && !OperatingSystem.IsWindows()
            ? Run(command).RunWith(setsid)
            : Run(command);

    /// <summary>Hands a folder, with what is in it, to the account.</summary>
    public async Task ChangeOwnerAsync(string folder, CancellationToken cancellation)
    {
        if (_user is null)
            return;
        var chown = new Command(SearchPath.Find("chown") ?? "chown", "-R", _user, folder);
        var result = await ChildProcess.RunAsync(chown, ShortCommand, cancellation);
        if (!result.Succeeded)
            throw new PrivatePostgresException($"The data folder cannot be handed to '{_user}':\n{result.Tail}");
    }

    private static async Task<string?> IdAsync(string option, string user, CancellationToken cancellation)
    {
        var id = new Command(SearchPath.Find("id") ?? "id", option, user);
        var result = await ChildProcess.RunAsync(id, ShortCommand, cancellation);
        return result.Succeeded ? result.Output.Trim() : null;
    }
}
