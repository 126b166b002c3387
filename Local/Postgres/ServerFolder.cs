namespace OpsMantik.Local.Postgres;

/// <summary>
/// The folder of one private server: its data, its log, and a file that its owner keeps locked. The system lifts the
/// lock however the owner dies, so a folder whose lock can be had is a leftover; unlike a stored process id, that
/// cannot be mistaken for another process.
/// </summary>
internal sealed class ServerFolder : IDisposable
{
    private const string Prefix = "opsmantik-postgres-";

    private readonly FileStream _lock;

    private ServerFolder(string path, FileStream ownerLock) => (Root, _lock) = (path, ownerLock);

    public string Root { get; }
    public string Data => DataIn(Root);
    public string Log => Path.Combine(Root, "server.log");
    public string PasswordFile => Path.Combine(Root, "password");

    public static ServerFolder Create(string parent)
    {
        var root = Path.Combine(Path.GetFullPath(parent), Prefix + Path.GetRandomFileName());
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(root);
        else
            Directory.CreateDirectory(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

        var ownerLock = new FileStream(
            LockIn(root), FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        // A sweep skips empty lock files: they may have been created and not locked yet.
        ownerLock.Write("locked while its owner lives"u8);
        return new ServerFolder(root, ownerLock);
    }

    /// <summary>Creates the cluster; afterwards only the given password opens it.</summary>
    public async Task InitializeAsync(
        PostgresBinaries binaries, ServerAccount account, string password, CancellationToken cancellation)
    {
        await File.WriteAllTextAsync(PasswordFile, password, cancellation);
        await account.ChangeOwnerAsync(Root, cancellation);
        var initdb = account.Run(new Command(
            binaries.InitDb, "--pgdata", Data, "--username", "postgres", "--pwfile", PasswordFile,
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"));
        var result = await ChildProcess.RunAsync(initdb, TimeSpan.FromSeconds(60), cancellation);
        File.Delete(PasswordFile);
        if (!result.Succeeded)
            throw new PrivatePostgresException(
                $"initdb of {binaries.Folder} could not create a database folder in {Root} (OPSMANTIK_POSTGRES_BIN and "
                + $"the variable for temporary files, TMPDIR or TEMP, choose others). It said:\n{result.Tail}");
    }

    /// <summary>The last lines of the server's log.</summary>
    public string LogTail()
    {
        if (!File.Exists(Log))
            return "(no log)";
        using var stream = new FileStream(Log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(stream);
        return string.Join('\n', reader.ReadToEnd().TrimEnd().Split('\n').TakeLast(15));
    }

    /// <summary>Gives up ownership: what is left is a leftover for the next sweep.</summary>
    public void Dispose() => _lock.Dispose();

    public void Delete()
    {
        Dispose();
        DeleteTree(Root);
    }

    /// <summary>
    /// Stops the servers and deletes the folders of owners that are gone. What cannot be deleted (another user's, or
    /// one that a second sweep works on) is left alone.
    /// </summary>
    public static async Task SweepAsync(
        string parent, PostgresBinaries binaries, ServerAccount account, CancellationToken cancellation)
    {
        foreach (var root in Directory.EnumerateDirectories(parent, Prefix + "*"))
        {
            try
            {
                if (new FileInfo(LockIn(root)) is not { Exists: true, Length: > 0 } file || file.LinkTarget is not null
                    || new DirectoryInfo(root).LinkTarget is not null)
                    continue;
                await using (var ownerLock = new FileStream(
                    file.FullName, FileMode.Open, FileAccess.Write, FileShare.None, bufferSize: 0))
                {
                    if (!await ServerProcess.StopAbandonedAsync(DataIn(root), binaries, account, cancellation))
                        continue;
                }

                DeleteTree(root);
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or TimeoutException)
            {
                // In use, or another user's.
            }
        }
    }

    private static string LockIn(string root) => Path.Combine(root, "owner.lock");

    private static string DataIn(string root) => Path.Combine(root, "data");

    private static void DeleteTree(string root)
    {
        if (Directory.Exists(root))
            Directory.Delete(root, recursive: true);
    }
}
